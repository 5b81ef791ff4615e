"""What fonds costs, measured beside its peers. `make bench-crawl` runs `benchmarks.crawl`."""
