"""Speed as ratios against baselines in the same run; ``make bench`` prints them all."""
