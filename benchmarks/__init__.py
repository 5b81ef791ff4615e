"""What fonds costs and how right it reads, beside its peers; `make bench-crawl` and `make bench-extraction` run it."""
