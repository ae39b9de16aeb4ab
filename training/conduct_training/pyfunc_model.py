"""The reader as an MLflow model, logged from this code; its artifact is a bundle folder."""

from pathlib import Path
from typing import Any

import pandas as pd
from conduct_nlp import Reader
from conduct_rules.verdict import verdict
from mlflow.models import set_model
from mlflow.pyfunc import PythonModel


class ReaderModel(PythonModel):  # type: ignore[misc]
    """`narrative` in; offence, section, confidence and the cyber reading out, one row each."""

    def load_context(self, context: Any) -> None:
        self.reader = Reader.open(Path(context.artifacts["bundle"]))

    def predict(self, context: Any, model_input: pd.DataFrame, params: dict[str, Any] | None = None) -> pd.DataFrame:
        readings = list(self.reader.read(list(model_input["narrative"])))
        verdicts = [verdict(reading) for reading in readings]
        return pd.DataFrame(
            {
                "offence": [str(v.offence) for v in verdicts],
                "section": [str(v.section) if v.section else "" for v in verdicts],
                "confidence": [v.confidence for v in verdicts],
                "cyber_enabled": [reading.has("cyber_enabled") for reading in readings],
            }
        )


set_model(ReaderModel())
