"""What the words of a report mean; ``folds.js`` shows it where a word is pointed at."""

TERMS = {
    "render": "one complete genome turned into sound and scored: a function evaluation, the unit "
    "of the budget",
    "halvings": "factors of two in distance: one halving is half of the reference distance, two "
    "are a quarter of it",
    "reference": "the mean distance that random search ends with on the same target with the same "
    "fitness; without random search, the best of the first population",
    "interquartile mean": "the mean of the middle half of the values, which a few outliers do not "
    "move",
    "95% interval": "where the value would lie in 95 of 100 comparisons like this one, for these "
    "targets with other seeds",
    "quartiles": "a quarter of the values lie below the lower, a quarter above the upper one",
    "judges": "distances that no search saw, used only to compare what the searches found",
    "fitness": "the distance from the target that a search makes smaller; 0 if they are identical",
    "strategy": "who searches, what is exchanged, and where the first population comes from",
    "control": "a strategy that the others are only compared with, such as random search",
    "undecided": "with so many pairs, neither a difference nor its absence could be shown",
    "equivalent": "shown to differ by no more than a negligible amount",
    "pairs": "trials of two contenders with the same target, seed and first genomes",
    "assembled": "the genomes made of what all agents hold, combined by rank",
    "diversity": "mean distance between two genomes, divided by √genes: 0 if all are equal, about "
    "0.4 if they are random",
    "front": "sounds of which none is beaten in all parts of the distance by another",
    "archive": "the closest sound of every kind, by brightness and by where in time it is loud",
    "set-point": "the diversity that a controller was asked to hold",
}
