"""The walking chain, told while it happens: from an import to a disbursed loan, every step a call over HTTP."""
