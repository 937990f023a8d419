"""What was proven a moment ago."""

from parsepy.auth.proofs import LIFETIME, MAX_PROOFS, Proofs


def test_only_the_pair_that_was_proven_holds() -> None:
    proofs = Proofs()
    proofs.add("ann", "token")

    assert proofs.hold("ann", "token")
    assert not proofs.hold("bob", "token")
    assert not proofs.hold("ann", "other")
    assert not proofs.hold("an", "ntoken")
    assert not proofs.hold("ann", None)
    assert not proofs.hold({"$ne": ""}, "token")


def test_proofs_do_not_live_long() -> None:
    now = 100.0
    proofs = Proofs(clock=lambda: now)
    proofs.add("ann", "token")

    now += LIFETIME - 1
    assert proofs.hold("ann", "token")
    now += 1
    assert not proofs.hold("ann", "token")


def test_proofs_take_bounded_room() -> None:
    proofs = Proofs()
    for number in range(MAX_PROOFS + 1):
        proofs.add(str(number), "token")

    assert not proofs.hold("0", "token")
    assert proofs.hold("1", "token")


def test_a_renewed_proof_is_a_young_one() -> None:
    now = 100.0
    proofs = Proofs(clock=lambda: now)
    proofs.add("ann", "token")
    now += LIFETIME / 2
    proofs.add("ann", "token")
    now += LIFETIME / 2

    assert proofs.hold("ann", "token")
