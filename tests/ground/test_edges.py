"""The float test of sides is never wrong: it answers rightly or says that it is unsure."""

from fractions import Fraction

import numpy as np
from shapely import GeometryCollection, LineString, MultiPoint, Point, Polygon, box

from hazard_service.ground.edges import edges_of, side_of


def exact_side(ax, ay, bx, by, px, py):
    ax, ay, bx, by, px, py = (Fraction(value) for value in (ax, ay, bx, by, px, py))
    determinant = (ax - px) * (by - py) - (ay - py) * (bx - px)
    return (determinant > 0) - (determinant < 0)


def test_points_a_rounding_off_a_line_are_never_put_on_the_wrong_side():
    # A picture of Kettner et al., "Classroom examples of robustness problems in geometric computations", 2008:
    # plain double arithmetic puts some of these points on the other side of the line from (8.8, 8.8) to (12.1, 12.1).
    line = (8.8000000000000007, 8.8000000000000007, 12.1, 12.1)
    plainly_wrong = 0
    for i, j in np.ndindex(40, 40):
        x, y = 0.5 + i * 2.0**-53, 0.5 + j * 2.0**-53
        exact = exact_side(*line, x, y)
        assert side_of(*line, x, y) in (0, exact)
        plain = (line[0] - x) * (line[3] - y) - (line[1] - y) * (line[2] - x)
        plainly_wrong += plain * exact < 0
    assert plainly_wrong > 0


def test_a_plain_case_is_sure():
    assert side_of(0.0, 0.0, 10.0, 0.0, 5.0, 1e-9) == 1
    assert side_of(0.0, 0.0, 10.0, 0.0, 5.0, -1e-9) == -1
    assert side_of(0.0, 0.0, 10.0, 0.0, 50.0, 0.0) == 0


def test_geometries_become_parts_and_edges_in_order():
    ring = box(0, 0, 4, 4).difference(box(1, 1, 2, 2))
    edges = edges_of(
        [None, GeometryCollection([LineString([(0, 0), (1, 0), (1, 1)]), MultiPoint([(7, 8)])]), Polygon(), ring]
    )
    assert [type(part) for part in edges.parts] == [LineString, Point, Polygon]
    np.testing.assert_array_equal(edges.is_area, [False, False, True])
    assert edges.given == 4
    np.testing.assert_array_equal(edges.owner, [1, 1, 3])
    np.testing.assert_array_equal(edges.first, [0, 2, 3, 11])
    np.testing.assert_array_equal(edges.part, [0, 0, 1, *[2] * 8])
    np.testing.assert_array_equal(edges.xy[:3], [[0, 0, 1, 0], [1, 0, 1, 1], [7, 8, 7, 8]])
