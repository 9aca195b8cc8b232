from grover.core.ports import Slot


def test_empty_slot_answers_nothing() -> None:
    slot: Slot[[int], int] = Slot("sample")
    assert slot.call(1) == []


def test_fillers_are_called_in_their_order() -> None:
    slot: Slot[[int], int] = Slot("sample")
    slot.fill(lambda number: number + 1)
    slot.fill(lambda number: number * 10)
    assert slot.call(5) == [6, 50]


def test_filler_is_called_once_however_often_it_is_added() -> None:
    slot: Slot[[], str] = Slot("sample")

    def filler() -> str:
        return "a"

    assert slot.fill(filler) is filler
    slot.fill(filler)
    assert slot.call() == ["a"]
