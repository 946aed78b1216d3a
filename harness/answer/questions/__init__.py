"""The questions that a comparison can answer, their answers, and the sentences that state them."""
