"""The registry of village cooperatives (Koperasi Desa/Kelurahan Merah Putih), one per village."""
