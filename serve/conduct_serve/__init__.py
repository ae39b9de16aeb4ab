"""Uses a model: intake, the batch scorer, the run folder and its report."""
