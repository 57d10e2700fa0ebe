"""The registry of people and of actors (pelaku usaha, the businesses), their figures and consents."""
