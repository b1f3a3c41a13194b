//! Messages between two ranks.

mod watchdog;

use distarray_core::Error;
use distarray_threads::run;
use watchdog::in_time;

#[test]
fn messages_arrive_in_order_for_each_sender_and_tag() {
    for ranks in [2, 3, 6, 16] {
        in_time(move || {
            run(ranks, |comm| {
                let (rank, others) = (comm.rank(), (0..ranks).filter(|&r| r != comm.rank()));
                for to in others.clone() {
                    for number in 0..20_u8 {
                        comm.send(to, u16::from(number % 2), &[rank as u8, number])?;
                    }
                }
                // The odd ones first: a tag does not wait for another.
                for from in others {
                    for number in (0..10).map(|i| 2 * i + 1).chain((0..10).map(|i| 2 * i)) {
                        let got = comm.receive(from, u16::from(number % 2))?;
                        assert_eq!(got, [from as u8, number]);
                    }
                }
                Ok(())
            })
            .unwrap()
        });
    }
}

#[test]
fn a_message_goes_back_and_forth() {
    in_time(|| {
        run(2, |comm| {
            let peer = 1 - comm.rank();
            for round in 0..2_000_u32 {
                if (round as usize).is_multiple_of(2) == (comm.rank() == 0) {
                    comm.send(peer, 7, &round.to_le_bytes())?;
                } else {
                    assert_eq!(comm.receive(peer, 7)?, round.to_le_bytes());
                }
            }
            Ok(())
        })
        .unwrap()
    });
}

#[test]
fn a_rank_may_send_to_itself_but_not_wait_for_itself() {
    in_time(|| {
        run(2, |comm| {
            comm.send(comm.rank(), 1, b"note")?;
            assert_eq!(comm.receive(comm.rank(), 1)?, b"note");
            let error = comm.receive(comm.rank(), 1).unwrap_err().to_string();
            let rank = comm.rank();
            assert_eq!(error, format!("rank {rank}: waits for a message with tag 1 from itself"));
            comm.barrier()
        })
        .unwrap()
    });
}

#[test]
fn what_a_rank_sent_before_it_left_is_delivered() {
    for _ in 0..50 {
        in_time(|| {
            let results = run(2, |comm| {
                if comm.rank() == 1 {
                    comm.send(0, 3, b"last")?;
                    return Ok(Vec::new());
                }
                comm.receive(1, 3)
            });
            assert_eq!(results.unwrap()[0], b"last");
        });
    }
}

#[test]
fn messages_of_a_part_stay_in_the_part() {
    in_time(|| {
        run(4, |comm| {
            let part = comm.split(Some(comm.rank() % 2), 0)?.unwrap();
            let rank = comm.rank();
            comm.send((rank + 2) % 4, 0, b"whole")?;
            part.send(1 - part.rank(), 0, b"part")?;
            assert_eq!(part.receive(1 - part.rank(), 0)?, b"part");
            assert_eq!(comm.receive((rank + 2) % 4, 0)?, b"whole");
            let error = part.send(2, 0, b"").unwrap_err();
            assert!(matches!(error, Error::Index(_)));
            assert_eq!(error.to_string(), "rank 2 is outside the group of 2 ranks");
            assert!(matches!(comm.receive(4, 0), Err(Error::Index(_))));
            Ok(())
        })
        .unwrap()
    });
}
