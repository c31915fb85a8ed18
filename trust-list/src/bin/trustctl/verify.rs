//! `trustctl verify`

use std::fmt::Write as _;

use serde_json::{Value, json};
use strict_jose::UnixTime;
use trust_list::{ListView, MemberView, VerifiedList};

use crate::error::CliError;
use crate::outcome::Outcome;
use crate::snapshot::Source;

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    source: Source,
}

pub(crate) fn run(args: &Args, now: UnixTime) -> Result<Outcome, CliError> {
    let list = args.source.verify(now)?;
    // A list that nobody could use is not a good one.
    let refused = list.anchor_count() == 0;
    Ok(Outcome::done(text(&list, now), value(&list, now)).refused_if(refused))
}

fn text(list: &VerifiedList, now: UnixTime) -> String {
    let mut text = format!(
        "region   {}\nroot     {}\nstatus   {}  {}\nexpires  {}, {} % of its life used\nissuers  {}\n",
        list.region(),
        list.root_version(),
        list.sequence(),
        list.digest(),
        list.expires_at().to_rfc3339(),
        list.life_used_percent(now),
        list.anchor_count(),
    );
    if let Some(alarm) = list.alarm(now) {
        let _ = writeln!(text, "ALARM    {}: nobody renewed the status document; run trustctl publish", alarm.as_str());
    }
    for view in list.lists() {
        let _ =
            writeln!(text, "list     {} {}, next update {}", name(&view), view.sequence, view.next_update.to_rfc3339());
    }
    for member in list.members() {
        let state = member.disabled(now).map_or("in force".to_owned(), |why| format!("DISABLED: {why}"));
        let counts = (member.issuers().count(), member.clients().count());
        let _ = writeln!(text, "member   {}  {} issuers, {} clients, {state}", member.code(), counts.0, counts.1);
    }
    for order in list.suspensions() {
        let _ = writeln!(text, "order    {} since {}: {}", order.target, order.since.to_rfc3339(), order.reason);
    }
    for notice in list.notices() {
        let _ = writeln!(text, "notice   {notice}");
    }
    if list.anchor_count() == 0 {
        text.push_str("\nThere is no issuer to trust: no client would be ready with this list.\n");
    }
    text
}

fn name(view: &ListView<'_>) -> String {
    view.country.map_or_else(|| "regional".to_owned(), |country| country.to_string())
}

fn value(list: &VerifiedList, now: UnixTime) -> Value {
    let lists = list.lists().map(|view| {
        json!({ "name": name(&view), "sequence": view.sequence, "sha256": view.sha256, "next_update": view.next_update.to_rfc3339() })
    });
    let orders = list.suspensions().iter().map(|order| {
        json!({ "target": order.target.to_string(), "since": order.since.to_rfc3339(), "reason": order.reason })
    });
    json!({
        "region": list.region(),
        "root_version": list.root_version(),
        "status_version": list.sequence(),
        "status_sha256": list.digest(),
        "expires": list.expires_at().to_rfc3339(),
        "life_used_percent": list.life_used_percent(now),
        "alarm": list.alarm(now).map(trust_list::Alarm::as_str),
        "issuers": list.anchor_count(),
        "lists": lists.collect::<Vec<_>>(),
        "members": list.members().map(|member| member_value(&member, now)).collect::<Vec<_>>(),
        "orders": orders.collect::<Vec<_>>(),
        "notices": list.notices().iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}

fn member_value(member: &MemberView<'_>, now: UnixTime) -> Value {
    json!({
        "country": member.code(),
        "name": member.name(),
        "disabled": member.disabled(now).map(|why| why.to_string()),
        "issuers": member.issuers().map(|issuer| &issuer.id).collect::<Vec<_>>(),
        "clients": member.clients().map(|client| &client.client_id).collect::<Vec<_>>(),
    })
}
