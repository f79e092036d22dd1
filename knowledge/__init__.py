"""Search over the office's questions and answers: explainable, without a model."""
