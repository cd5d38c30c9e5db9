"""What the server keeps: looking at communities must not push out what took long to make."""

from hazard_service.web.answers import KEPT, Answers


def test_looking_at_many_communities_keeps_the_series(villages_by_year):
    found = villages_by_year
    answers = Answers(found.programme, found)
    names = found.programme.communities["community_id"].tolist()
    days = found.rows["on"].tolist()
    asked = [(name, day) for name in names for day in days[-2:]]
    assert len(asked) > KEPT
    for name, day in asked:
        answers.reach(name, day)
    assert answers.series("year") is found
