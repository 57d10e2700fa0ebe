"""The invented sample: people, businesses, programmes as the province might have them. Nobody in it is real."""
