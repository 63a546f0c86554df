//! `openapi.json` describes what is answered: every path, and every field of every answer.

use std::collections::BTreeSet;

use hapline::serve::http::paths;
use serde_json::Value;

use crate::served::{RECORDING, recording, serve, serve_recording, settings, view};

fn description() -> Value {
    serve_recording().get("/api/v1/openapi.json").json()
}

/// What a value must be, where a schema only names it.
fn resolved<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str() {
        Some(name) => root
            .pointer(&name[1..])
            .unwrap_or_else(|| panic!("no {name}")),
        None => schema,
    }
}

/// In which ways a value is another one than its schema says.
fn differences(root: &Value, schema: &Value, value: &Value, at: &str, wrong: &mut Vec<String>) {
    let schema = resolved(root, schema);
    if let Some(choices) = schema["oneOf"].as_array() {
        let fits = choices.iter().any(|choice| {
            let mut wrong = Vec::new();
            differences(root, choice, value, at, &mut wrong);
            wrong.is_empty()
        });
        if !fits {
            // Which one was meant tells more than that none fits.
            differences(root, &choices[0], value, at, wrong);
        }
        return;
    }
    let kinds = match &schema["type"] {
        Value::String(kind) => vec![kind.as_str()],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => panic!("{at}: a schema without a type: {schema}"),
    };
    let is = |kind: &str| match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("{at}: {other}"),
    };
    if !kinds.iter().any(|kind| is(kind)) {
        wrong.push(format!("{at} is {value}, and not {kinds:?}"));
    }
    let listed = schema["enum"].as_array();
    if listed.is_some_and(|listed| !listed.contains(value)) {
        wrong.push(format!("{at} is {value}, which is not listed"));
    }
    if let Value::Array(rows) = value {
        for (nth, row) in rows.iter().enumerate() {
            differences(root, &schema["items"], row, &format!("{at}[{nth}]"), wrong);
        }
    }
    if let Value::Object(fields) = value {
        for (name, field) in fields {
            let at = format!("{at}.{name}");
            let own = schema["properties"]
                .get(name)
                .or(schema.get("additionalProperties"));
            match own {
                Some(Value::Bool(true)) => {}
                Some(own) => differences(root, own, field, &at, wrong),
                None => wrong.push(format!("{at} is not described")),
            }
        }
        let required = schema["required"].as_array().into_iter().flatten();
        for name in required.filter_map(Value::as_str) {
            if !fields.contains_key(name) {
                wrong.push(format!("{at}.{name} is missing"));
            }
        }
    }
}

#[test]
fn every_path_that_is_answered_is_described_and_no_other() {
    let description = description();
    let described: BTreeSet<String> = description["paths"]
        .as_object()
        .unwrap()
        .keys()
        .cloned()
        .collect();
    let answered: BTreeSet<String> = paths().map(|path| path.replace("{*", "{")).collect();
    assert_eq!(described, answered);
}

#[test]
fn every_field_of_every_answer_is_described() {
    let description = description();
    let mut wrong = Vec::new();
    let mut fields = 0;
    for name in [
        RECORDING,
        "one_server_slow",
        "reload",
        "weights_and_drain_behind_cookies",
        "one_tcp_server_refuses_unchecked",
    ] {
        let (log, config, _) = recording(name);
        let served = serve(view(&log, Some(config)), &settings());
        let report = served.get("/api/v1/report").json();
        let id = report["incidents"][0]["id"]
            .as_str()
            .unwrap_or("none")
            .to_owned();
        for (path, item) in description["paths"].as_object().unwrap() {
            let operation = &item["get"];
            let reply = match path.as_str() {
                "/api/v1/events" => continue,
                path => served.get(&path.replace("{id}", &id).replace("{term}", "SC")),
            };
            let status = reply.status.to_string();
            let answer = operation["responses"].get(&status);
            let answer = answer.unwrap_or_else(|| panic!("{path} answers with {status}"));
            let answer = resolved(&description, answer);
            let content = answer["content"].as_object().unwrap();
            let kind = reply.header("content-type");
            let told = content
                .get(kind)
                .unwrap_or_else(|| panic!("{path}: {kind}"));
            if kind.starts_with("application/json") {
                fields += reply.body.matches("\":").count();
                let at = format!("{name} {path}: ");
                differences(
                    &description,
                    &told["schema"],
                    &reply.json(),
                    &at,
                    &mut wrong,
                );
            }
        }
        let problem = served.get("/api/v1/incidents?limit=0").json();
        let schema = &description["components"]["schemas"]["Problem"];
        differences(&description, schema, &problem, "a problem: ", &mut wrong);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(fields > 5_000, "{fields} fields are not much");
}

#[test]
fn every_field_that_is_described_has_words_and_comes_in_an_answer_or_a_notice() {
    let description = description();
    for (name, schema) in description["components"]["schemas"].as_object().unwrap() {
        assert!(schema["description"].is_string(), "{name}");
        for (field, own) in schema["properties"].as_object().into_iter().flatten() {
            assert!(own["description"].is_string(), "{name}.{field}");
        }
    }
    let text = description.to_string();
    for name in description["components"]["schemas"]
        .as_object()
        .unwrap()
        .keys()
    {
        let named = format!("\"#/components/schemas/{name}\"");
        assert!(text.contains(&named), "nothing is a {name}");
    }
}

#[test]
fn a_field_that_is_not_described_is_found() {
    let description = description();
    let found = |value: Value| {
        let mut wrong = Vec::new();
        let schema = &description["components"]["schemas"]["Estimate"];
        differences(&description, schema, &value, "it", &mut wrong);
        wrong
    };
    assert_eq!(
        found(serde_json::json!({"estimate": 1, "error": 0.5})),
        [""; 0]
    );
    assert_eq!(
        found(serde_json::json!({"estimate": "1", "more": 1})),
        [
            "it.estimate is \"1\", and not [\"integer\"]",
            "it.more is not described",
            "it.error is missing",
        ]
    );
}

/// Parameters that are described are taken, each with a value that fits.
#[test]
fn every_parameter_that_is_described_is_taken() {
    let description = description();
    let served = serve_recording();
    for (path, item) in description["paths"].as_object().unwrap() {
        let parameters = item["get"]["parameters"].as_array().into_iter().flatten();
        for parameter in parameters.filter(|parameter| parameter["in"] == "query") {
            let name = parameter["name"].as_str().unwrap();
            let value = match name {
                "since" | "until" => "2026-11-20T09:46:15Z",
                "severity" => "outage,degraded",
                "kind" => "backend_down",
                "open" => "false",
                "limit" => "1000",
                _ => "0",
            };
            let reply = served.get(&format!("{path}?{name}={value}"));
            assert_eq!(reply.status, 200, "{path}?{name}={value}: {}", reply.body);
        }
    }
}
