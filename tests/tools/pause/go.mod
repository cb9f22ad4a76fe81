module modstats.test/pause

go 1.26.0
