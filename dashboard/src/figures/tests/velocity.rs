use super::*;
use crate::data::ModData;
use crate::figures::due::Due;
use crate::figures::period::Part;
use crate::figures::velocity::*;

fn velocity(data: &ModData) -> Due<Velocity> {
    Velocity::of(&Part::of_members(data.members()), at(NOW))
}

fn per_day(per_day: f64) -> Velocity {
    let (from, to) = (date(2026, 10, 25), date(2026, 11, 21));
    Velocity { per_day, from, to }
}

#[test]
fn the_velocity_is_the_mean_of_the_last_28_whole_days() {
    let both = data(vec![
        steady(Platform::Modrinth, "a", 90, 10),
        steady(Platform::Curseforge, "b", 40, 4),
    ]);
    assert_eq!(velocity(&both), Due::Known(per_day(14.0)));
    let Due::Known(velocity) = velocity(&both) else {
        panic!()
    };
    assert_eq!(velocity.per_week(), 98.0);
    assert!((velocity.per_month() - 14.0 * 30.436_875).abs() < 1e-9);
}

#[test]
fn a_young_project_has_one_from_its_first_whole_week_on() {
    let young = |days| velocity(&data(vec![steady(Platform::Modrinth, "a", days, 10)]));
    // Eight readings at noon are six whole days between the first and today.
    assert_eq!(young(8), Due::From(date(2026, 11, 23)));
    let Due::Known(week) = young(9) else { panic!() };
    assert_eq!((week.per_day, week.from), (10.0, date(2026, 11, 15)));
    let Due::Known(weeks) = young(20) else {
        panic!()
    };
    assert_eq!(
        weeks.from,
        date(2026, 11, 8),
        "two whole weeks of the 18 days"
    );
    assert_eq!(
        velocity(&data(vec![member(Platform::Modrinth, "a", &[])])),
        Due::Never
    );
}

#[test]
fn milestones_are_one_two_and_five_with_noughts() {
    let next = |total, speed| {
        Milestone::next(total, at("2026-11-22T12:00Z"), &per_day(speed), at(NOW))
            .map(|it| (it.value, it.reached))
    };
    let on = |day: &str| Reached::On(day.parse().unwrap());
    assert_eq!(next(0, 1.0), Some((1, on("2026-11-23"))));
    assert_eq!(next(1, 0.5), Some((2, on("2026-11-24"))));
    assert_eq!(next(999_999, 1_000.0), Some((1_000_000, on("2026-11-23"))));
    assert_eq!(
        next(1_000_000, 10_000.0),
        Some((2_000_000, on("2027-03-02")))
    );
    assert_eq!(
        next(2_500_060_500, 1.0),
        Some((5_000_000_000, Reached::Distant)),
        "not within a hundred years"
    );
    assert_eq!(
        next(5_000_000_000_000_000_000, 1.0),
        None,
        "none fits into 64 bits"
    );
}

#[test]
fn no_forecast_lies_in_the_past() {
    let reached = |now| {
        let next = Milestone::next(7, at("2026-11-22T12:00Z"), &per_day(1.0), at(now));
        next.unwrap().reached
    };
    let day = date(2026, 11, 25);
    assert_eq!(reached("2026-11-25T23:59Z"), Reached::On(day));
    assert_eq!(reached("2026-11-26T00:00Z"), Reached::Overdue);
}

#[test]
fn what_does_not_grow_reaches_no_milestone() {
    for speed in [0.0, -3.0] {
        assert_eq!(Milestone::next(7, at(NOW), &per_day(speed), at(NOW)), None);
    }
}
