"""Speed and memory as ratios, measured in one run against bare references (`make bench`)."""
