"""Numbers are taken inside the writing transaction, so their order is that of commits."""

import threading

from monitor.storage.sequence import last_seq, next_seq


def test_numbers_begin_at_one_and_are_taken_in_a_row(session):
    assert next_seq(session) == 1
    assert next_seq(session, 5) == 2
    assert next_seq(session) == 7
    assert last_seq(session) == 7


def test_a_transaction_undone_gives_its_numbers_back(database):
    with database._write() as session:
        next_seq(session, 10)
        session.rollback()
    with database.write() as session:
        assert next_seq(session) == 1


def test_a_later_number_is_never_committed_before_an_earlier_one(database):
    committed = []

    def work():
        for _ in range(20):
            with database.write() as session:
                number = next_seq(session)
                with database.read() as reader:
                    seen = last_seq(reader)
                assert seen < number
            committed.append(number)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(committed) == list(range(1, 81))
