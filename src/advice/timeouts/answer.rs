//! `timeout server` in HTTP mode: how long servers may take to answer (`Tr`, cut: `sH`; within the body `sD`).
//!
//! Enters: a backend. Leaves: a review, if it had answers. Must not know: the other timeouts.
//!
//! A longer timeout helps only where answers come soon after the present one, from all servers alike, and nothing else
//! was wrong. Gaps within a body count against the same timeout and are not logged.

use super::{ENOUGH, TimerReview, Verdict, longer, too_few, untouched, url};
use crate::advice::amount;
use crate::advice::force::InForce;
use crate::advice::piece::{Direction, Scope};
use crate::advice::second;
use crate::advice::subject::Subject;
use crate::advice::waits::{Sample, Wait, Waits};
use crate::config::Timeout;
use crate::incident::Incident;
use crate::incident::apart::{Hurt, worst};
use crate::rollup::Name;
use crate::words::numbers::count;

/// Cut requests below which nothing is concluded from them.
const CUTS: u64 = 10;

/// The share of cut requests below which, outside of incidents, there is nothing to change.
const RARE: f64 = 0.001;

/// A timeout this many times as long as nearly all answers take does not cut slow work; it ends what stands still.
const STALL: u64 = 20;

/// The same against the median, where no calm minutes tell what is ordinary.
const STALL_OF_MEDIAN: u64 = 50;

/// The largest share that may be cut; beyond, the limit is not what is wrong.
const MOST_CUT: f64 = 0.4;

/// The share of all cut requests that sick servers must have.
const NEARLY_ALL: f64 = 0.9;

/// A well server's share of cut requests, against the worst one's.
const WELL: f64 = 0.2;

/// Requests a server must have served to be called well.
const SERVED: u64 = 30;

/// The share of requests that may wait for a slot before their backend counts as full.
const QUEUED: f64 = 0.9;

/// ms that a wait for a slot takes at least.
const A_WAIT: u32 = 50;

/// The review.
pub fn review(subject: &Subject) -> Option<TimerReview> {
    let waits = subject.group.waits(Wait::Answer);
    if waits.is_empty() {
        return None;
    }
    let force = InForce::find(subject.proxy, Timeout::Server, Some(&waits.all.cut));
    let within = subject.group.waits(Wait::Body);
    let bodies = within.all.cut();
    let verdict = if waits.all.cut() == 0 && bodies > 0 {
        of_bodies(subject, &within, force)
    } else {
        judge(subject, &waits, force)
    };
    let review = TimerReview::new(
        subject.scope(),
        Timeout::Server,
        Wait::Answer,
        &waits,
        force,
        verdict,
    );
    Some(TimerReview {
        cut: review.cut + bodies,
        ..review
    })
}

fn judge(subject: &Subject, waits: &Waits, force: InForce) -> Verdict {
    let (completed, cut) = (waits.all.completed(), waits.all.cut());
    if cut == 0 {
        return untouched::lower(&waits.all, force)
            .unwrap_or_else(|| untouched::judge(&waits.all, force));
    }
    if completed < ENOUGH {
        return too_few(&waits.all);
    }
    let is_chronic = waits.calm.cut() >= CUTS;
    if let Some(incident) = subject.other_fault().filter(|_| !is_chronic) {
        if let Some((server, its)) = second::cut_at(subject) {
            return of_second(subject, server, (its, cut));
        }
        return Verdict::keep(
            0.8,
            format!(
                "the {cut} requests it cut followed from another fault ({})",
                incident.cause.code.as_str().replace('_', " "),
                cut = count(cut)
            ),
        );
    }
    if let Some(sick) = sick_servers(subject) {
        let servers: Vec<&Name> = sick.iter().map(|(server, _)| *server).collect();
        return match subject.are_overloaded(&servers) && !is_chronic {
            true => of_drowned(&sick),
            false => of_sick(subject, &sick, waits),
        };
    }
    if is_full(subject, is_chronic) {
        return Verdict::keep(
            0.8,
            format!(
                "the {cut} requests it cut came while others waited for a slot: more capacity helps, not a longer wait",
                cut = count(cut)
            ),
        );
    }
    if let Some(verdict) = of_uploads(subject, cut).filter(|_| !is_chronic) {
        return verdict;
    }
    match force.ms {
        Some(limit) => of_url(subject, of_tail(subject, waits, limit, is_chronic)),
        None => Verdict::cannot_tell(format!(
            "{cut} requests were cut; its value is unknown",
            cut = count(cut)
        )),
    }
}

/// Next to nothing but uploads was cut: the verdict, with the kind of request where they are of one.
fn of_uploads(subject: &Subject, cut: u64) -> Option<Verdict> {
    let in_incidents = |doubtful: bool| -> u64 {
        let incidents = subject.incidents.iter();
        incidents
            .filter(|incident| incident.is_of_uploads() == doubtful)
            .map(|incident| cuts_of(incident))
            .sum()
    };
    let (its, of_others) = (in_incidents(true), in_incidents(false));
    if its == 0 || of_others as f64 > (1.0 - NEARLY_ALL) * cut as f64 {
        return None;
    }
    let share = match its {
        all if all >= cut => format!("the {cut} requests it cut", cut = count(cut)),
        its => format!("{} of the {} requests it cut", count(its), count(cut)),
    };
    let kind = url::culprit(subject).map_or_else(String::new, |kind| format!("; {kind}"));
    Some(Verdict::cannot_tell(format!(
        "{share} were uploads, by a sample, and the log does not show whether their clients had sent all of them{kind}"
    )))
}

/// Requests that the timeout cut, of those that failed by an incident.
fn cuts_of(incident: &Incident) -> u64 {
    let terms = incident.terms.iter();
    let cuts = terms.filter(|(term, _)| term.starts_with("sH"));
    cuts.map(|(_, n)| n).sum()
}

/// A server was slow for reasons of its own while another fault went on.
fn of_second(subject: &Subject, server: &Name, (its, cut): (u64, u64)) -> Verdict {
    let scope = Scope::Server(subject.group.name.clone(), server.clone());
    let name = String::from_utf8_lossy(server);
    let why = format!(
        "{} of the {} requests it cut were on {name}, which has nothing to do with the incident; its neighbours answered in time",
        count(its),
        count(cut)
    );
    Verdict::fix(scope, 0.55, why)
}

/// Answers were cut within their body alone. Pauses there are not on a line; but where all others were through in a
/// fraction of the timeout, what paused for all of it stood still.
fn of_bodies(subject: &Subject, bodies: &Waits, force: InForce) -> Verdict {
    let (cut, completed) = (bodies.all.cut(), bodies.all.completed());
    let usual = bodies.all.completed.quantile(0.999);
    let stood_still = force.ms.zip(usual).is_some_and(|(limit, (_, rare))| {
        cut >= CUTS && completed >= ENOUGH && limit >= STALL * u64::from(rare).max(1)
    });
    let is_known = !subject.incidents.is_empty();
    if stood_still && !is_known {
        return Verdict::fix(
            subject.scope(),
            0.7,
            format!(
                "{cut} answers stopped within their body and stood still until the timeout, while the {completed} others were through in a moment: no timeout is long enough for that",
                cut = count(cut),
                completed = count(completed)
            ),
        );
    }
    Verdict::cannot_tell(format!(
        "it cut {cut} answers within their body, and the log does not show how long servers pause there",
        cut = count(cut)
    ))
}

/// The servers with nearly all cut requests, more than by chance, while at least one other is well.
fn sick_servers<'a>(subject: &Subject<'a>) -> Option<Vec<(&'a Name, Sample)>> {
    let servers = subject.group.by_server(Wait::Answer);
    let all: u64 = servers.iter().map(|(_, waits)| waits.all.cut()).sum();
    let hurt: Vec<Hurt> = (servers.iter())
        .map(|(server, waits)| hurt(server, &waits.all))
        .collect();
    let apart = worst(&hurt);
    let most = servers
        .iter()
        .map(|(_, waits)| waits.all.share())
        .fold(0.0, f64::max);
    let (sick, others): (Vec<_>, Vec<_>) = servers
        .into_iter()
        .partition(|(server, _)| apart.contains(*server));
    let cut: u64 = sick.iter().map(|(_, waits)| waits.all.cut()).sum();
    let is_well =
        |waits: &Waits| waits.all.completed() >= SERVED && waits.all.share() <= WELL * most;
    let others_are_well = !others.is_empty() && others.iter().all(|(_, waits)| is_well(waits));
    let is_told = all >= CUTS && cut as f64 >= NEARLY_ALL * all as f64 && others_are_well;
    is_told.then(|| {
        sick.into_iter()
            .map(|(server, waits)| (server, waits.all))
            .collect()
    })
}

/// A server with what the timeout cut of its requests.
fn hurt(server: &Name, sample: &Sample) -> Hurt {
    Hurt {
        server: server.clone(),
        bad: sample.cut() as f64,
        requests: (sample.cut() + sample.completed()) as f64,
    }
}

/// They had more to do than they can, whatever their neighbours had.
fn of_drowned(sick: &[(&Name, Sample)]) -> Verdict {
    Verdict::keep(
        0.7,
        format!(
            "the {} requests it cut on {} came with more work than that can do: waiting longer adds no capacity",
            count(sick.iter().map(|(_, sample)| sample.cut()).sum()),
            names(sick)
        ),
    )
}

/// `app1, app2`
fn names(sick: &[(&Name, Sample)]) -> String {
    let names = sick
        .iter()
        .map(|(server, _)| String::from_utf8_lossy(server));
    names.collect::<Vec<_>>().join(", ")
}

fn of_sick(subject: &Subject, sick: &[(&Name, Sample)], waits: &Waits) -> Verdict {
    let backend = subject.group.name;
    let culprit = match sick {
        [(server, _)] => Scope::Server(backend.clone(), (*server).clone()),
        _ => subject.scope(),
    };
    let all = waits.all.cut();
    let share = match sick.iter().map(|(_, sample)| sample.cut()).sum::<u64>() {
        cut if cut == all => format!("all {all}", all = count(all)),
        cut => format!("{cut} of the {all}", cut = count(cut), all = count(all)),
    };
    Verdict::fix(
        culprit,
        0.85,
        format!(
            "{share} requests that `timeout server` cut were on {}; the other servers answer in time",
            names(sick)
        ),
    )
}

/// Requests waited for slots when they were cut.
fn is_full(subject: &Subject, is_chronic: bool) -> bool {
    let queue = subject.group.waits(Wait::Queue);
    let sample = if is_chronic { &queue.calm } else { &queue.all };
    let many_waited = sample
        .completed
        .quantile(QUEUED)
        .is_some_and(|(low, _)| low >= A_WAIT);
    sample.cut() > 0 || many_waited
}

/// No server, queue or fault is to blame: the shape of the waits decides.
fn of_tail(subject: &Subject, waits: &Waits, limit: u64, is_chronic: bool) -> Verdict {
    let sample = if is_chronic { &waits.calm } else { &waits.all };
    let (cut, completed) = (sample.cut(), sample.completed());
    if cut < CUTS || completed < ENOUGH {
        return Verdict::cannot_tell(format!(
            "it cut only {cut} of {} requests: too few to tell why",
            count(cut + completed),
            cut = count(cut)
        ));
    }
    if is_chronic && sample.share() < RARE {
        return Verdict::keep(
            0.6,
            format!(
                "it cut {cut} of {} requests, less than one in a thousand",
                count(cut + completed),
                cut = count(cut)
            ),
        );
    }
    if is_stall(subject, waits, limit) {
        return Verdict::fix(
            subject.scope(),
            0.7,
            format!(
                "the {cut} requests that `timeout server` cut waited {} where an answer takes {}: servers stood still, and no timeout is long enough for that",
                amount::words(limit),
                amount::words(ordinary(waits)),
                cut = count(cut)
            ),
        );
    }
    if subject.is_overloaded() && !is_chronic {
        return Verdict::keep(
            0.7,
            format!(
                "the {cut} requests it cut came with more work than the servers can do: waiting longer adds no capacity",
                cut = count(cut)
            ),
        );
    }
    if sample.share() >= MOST_CUT {
        return Verdict::fix(
            subject.scope(),
            0.6,
            format!(
                "it cut {cut} of {} requests: where so many come too late, the limit is not what is wrong",
                count(cut + completed),
                cut = count(cut)
            ),
        );
    }
    longer::judge(subject, sample, limit, is_chronic)
}

/// Where one kind of request makes the cuts, it is what is to be mended, unless it would have been answered soon after.
fn of_url(subject: &Subject, verdict: Verdict) -> Verdict {
    let kind = url::culprit(subject).filter(|_| verdict.direction != Direction::Keep);
    let Some(kind) = kind else {
        return verdict;
    };
    if verdict.direction == Direction::Raise {
        let effect = format!(
            "{} {kind}: a backend of its own with a longer timeout leaves the others as they are.",
            verdict.effect
        );
        return Verdict { effect, ..verdict };
    }
    Verdict {
        effect: "A limit for all requests is no remedy for one kind: see what makes it slow, or give it a backend with limits of its own."
            .to_owned(),
        ..Verdict::fix(subject.scope(), 0.85, format!("one kind of request makes nearly all cuts: {kind}"))
    }
}

/// How long nearly all answers take when nothing is wrong, in ms; the median where that is not known.
fn ordinary(waits: &Waits) -> u64 {
    let (histogram, q) = if waits.calm.completed() >= ENOUGH {
        (&waits.calm.completed, 0.99)
    } else {
        (&waits.all.completed, 0.5)
    };
    histogram.quantile(q).map_or(0, |(_, high)| u64::from(high))
}

/// They waited for many times what an answer takes, and no slow work ended shortly before.
fn is_stall(subject: &Subject, waits: &Waits, limit: u64) -> bool {
    let times = if waits.calm.completed() >= ENOUGH {
        STALL
    } else {
        STALL_OF_MEDIAN
    };
    let [_, dispersion] = subject.group.dispersion(Wait::Answer);
    limit >= times * ordinary(waits).max(1)
        && waits
            .all
            .survival(Some(limit), dispersion)
            .last_ended()
            .is_none()
}
