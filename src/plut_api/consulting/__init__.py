"""Consultations and mentoring visits: asked for, appointed, held, recorded, followed up."""
