"""Addresses lose their user and password, other text stays."""

import pytest

from common.secrets import without_secrets


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("MLflow at http://me:pass@host:5000/x: no", "MLflow at http://***@host:5000/x: no"),
        ("postgresql://u:p%40q@db/mlflow", "postgresql://***@db/mlflow"),
        ("https://token@host", "https://***@host"),
        ("two http://a:b@c and http://d:e@f", "two http://***@c and http://***@f"),
        ("http://host/a@b", "http://host/a@b"),
        ("write to me@there.org", "write to me@there.org"),
        ("sqlite:////runs/mlflow.db", "sqlite:////runs/mlflow.db"),
    ],
)
def test_what_is_left(text, left):
    assert without_secrets(text) == left
