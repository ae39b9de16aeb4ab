"""Makes, judges and promotes a model. Never imported by conduct_serve."""
