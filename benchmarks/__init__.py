"""Ratios measured in one run: the product against the bare driver, COPY, Django REST framework, and itself."""
