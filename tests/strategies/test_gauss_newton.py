import numpy as np
import pytest

from strategies.searches.gauss_newton import DAMPINGS, normal_equations, proposals

NONE = np.zeros(3, dtype=bool)


def problem(seed=0, size=200):
    random = np.random.default_rng(seed)
    return random.normal(size=(3, size)).astype(np.float32), random


def solved(x, wanted, jacobian, damping=1e-3, circular=NONE):
    residual = ((x - wanted) @ jacobian).astype(np.float32)
    return proposals(x, normal_equations([jacobian], [residual]), damping, circular)


def test_where_the_residual_is_linear_the_least_damped_step_arrives():
    jacobian, _ = problem()
    x, wanted = np.array([0.4, 0.5, 0.6]), np.array([0.5, 0.3, 0.7])
    found = solved(x, wanted, jacobian)
    assert found.shape == (len(DAMPINGS), 3)
    np.testing.assert_allclose(found[0], wanted, atol=1e-3)
    gone = np.linalg.norm(solved(x, wanted, jacobian, damping=10.0) - x, axis=1)
    assert (np.diff(gone) < 0).all()


def test_absolute_values_count_so_outliers_hardly_matter():
    jacobian, random = problem(size=2_000)
    x, wanted = np.full(3, 0.5), np.array([0.55, 0.45, 0.5])
    residual = ((x - wanted) @ jacobian).astype(np.float32)
    residual[:100] += random.choice([-50, 50], 100)
    weighted = proposals(x, normal_equations([jacobian], [residual]), 1e-3, NONE)[0]
    plain = x - np.linalg.lstsq(jacobian.T, residual, rcond=None)[0]
    assert np.abs(weighted - wanted).max() < 0.02 < np.abs(plain - wanted).max()


def test_a_gene_at_its_bound_stays_and_the_others_are_solved_without_it():
    jacobian, _ = problem(1)
    jacobian[1] = jacobian[0] + 0.1 * jacobian[1]
    x, wanted = np.array([0.0, 0.5, 0.5]), np.array([-0.2, 0.6, 0.6])
    found = solved(x, wanted, jacobian)[0]
    assert found[0] == 0
    residual = ((x - wanted) @ jacobian).astype(np.float32)
    weights = 1 / (np.abs(residual) + 0.3 * np.abs(residual).mean())
    rest = jacobian[1:]
    alone = np.linalg.solve((rest * weights) @ rest.T, -(rest * weights) @ residual)
    np.testing.assert_allclose(found[1:], 0.5 + alone, atol=2e-3)


def test_circular_genes_wrap_and_no_step_is_too_long():
    jacobian, _ = problem(2)
    circular = np.array([True, False, False])
    found = solved(np.array([0.95, 0.5, 0.5]), np.array([1.1, 0.5, 0.5]), jacobian, 1e-3, circular)
    assert found[0, 0] == pytest.approx(0.1, abs=1e-3)
    far = solved(np.full(3, 0.5), np.array([9.0, 0.5, 0.5]), jacobian)
    assert np.abs(far - 0.5).max() == pytest.approx(0.35)


def test_genes_without_effect_do_not_move():
    jacobian, _ = problem(3)
    jacobian[2] = 0
    found = solved(np.full(3, 0.5), np.array([0.6, 0.4, 0.9]), jacobian)
    assert (found[:, 2] == 0.5).all()
    nothing = solved(np.full(3, 0.5), np.full(3, 0.7), np.zeros_like(jacobian))
    assert (nothing == 0.5).all()
