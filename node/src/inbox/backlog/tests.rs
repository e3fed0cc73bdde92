#![allow(clippy::unwrap_used)]

use super::*;

fn open(seq: i64, transaction_key: i64) -> Open {
    Open { seq, transaction_key, attempts: 0, due_ms: 0 }
}

fn backlog(messages: &[(i64, i64)]) -> Backlog {
    let mut backlog = Backlog::default();
    for (seq, transaction_key) in messages {
        backlog.add(open(*seq, *transaction_key), false);
    }
    backlog
}

fn all(backlog: &mut Backlog, now_ms: i64) -> Vec<Ticket> {
    std::iter::from_fn(|| backlog.next(now_ms)).collect()
}

fn numbers(tickets: &[Ticket]) -> Vec<i64> {
    tickets.iter().map(|ticket| ticket.seq).collect()
}

#[test]
fn one_message_of_each_transaction_at_a_time_the_oldest_first() {
    let mut backlog = backlog(&[(1, 7), (2, 7), (3, 8), (4, 9), (5, 8)]);
    let first = all(&mut backlog, 10);
    assert_eq!(numbers(&first), [1, 3, 4]);
    backlog.ended(first[1], Outcome::Gone);
    assert_eq!(numbers(&all(&mut backlog, 10)), [5]);
    backlog.ended(first[0], Outcome::Gone);
    let second = all(&mut backlog, 10);
    assert_eq!(numbers(&second), [2]);
    backlog.ended(second[0], Outcome::Gone);
    backlog.ended(first[2], Outcome::Gone);
    assert_eq!(backlog.len(), 1, "5 still runs");
}

#[test]
fn a_transaction_waits_for_the_next_try_of_its_first_message_and_others_do_not() {
    let mut backlog = backlog(&[(1, 7), (2, 7), (3, 8)]);
    let first = backlog.next(10).unwrap();
    backlog.ended(first, Outcome::Again { attempts: 1, due_ms: 50 });
    assert_eq!(numbers(&all(&mut backlog, 49)), [3]);
    assert_eq!(backlog.next_due(), Some(50));
    let again = backlog.next(50).unwrap();
    assert_eq!((again.seq, again.attempts), (1, 1));
}

#[test]
fn a_message_is_in_it_once_and_an_older_one_goes_before_those_that_wait() {
    let mut backlog = backlog(&[(5, 7), (6, 7), (6, 7), (5, 7)]);
    assert_eq!(backlog.len(), 2);
    backlog.add(open(2, 7), false);
    let two = backlog.next(10).unwrap();
    assert_eq!((two.seq, backlog.next(10)), (2, None));
    // One that is started again never overtakes the one that runs.
    backlog.add(open(1, 7), false);
    assert_eq!(backlog.next(10), None);
    backlog.ended(two, Outcome::Gone);
    assert_eq!(backlog.next(10).unwrap().seq, 1);
}

#[test]
fn suspects_run_one_at_a_time_the_least_tried_first() {
    let mut backlog = Backlog::default();
    for (seq, attempts) in [(1, 3), (2, 0), (3, 1)] {
        assert!(backlog.add(Open { attempts, ..open(seq, seq) }, true));
    }
    backlog.add(open(4, 4), false);
    let begun = all(&mut backlog, 10);
    assert_eq!(begun.iter().map(|ticket| (ticket.seq, ticket.suspect)).collect::<Vec<_>>(), [(2, true), (4, false)]);
    backlog.ended(begun[0], Outcome::Again { attempts: 1, due_ms: 10 });
    let next = all(&mut backlog, 10);
    assert_eq!(next.iter().map(|ticket| (ticket.seq, ticket.suspect)).collect::<Vec<_>>(), [(3, true), (2, false)]);
    backlog.ended(next[0], Outcome::Gone);
    assert_eq!(numbers(&all(&mut backlog, 10)), [1]);
}
