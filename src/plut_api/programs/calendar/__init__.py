"""One calendar of the sessions of all organizations: pages, and feeds that calendar apps subscribe to."""
