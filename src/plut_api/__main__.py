"""`python -m plut_api` is the same as `plut`."""

from plut_api.cli import main

main()
