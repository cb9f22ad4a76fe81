//! Every name of the hostile history has a twin in a harmless one that is as long: `zq017xxx`.

/// The hostile texts, as they are stored, and their twins.
pub struct Twins {
    payloads: Vec<String>,
}

impl Twins {
    pub fn new(payloads: Vec<String>) -> Twins {
        // The collector lets no NUL through, which no database takes.
        let payloads = payloads.into_iter().map(|it| it.replace('\0', ""));
        Twins {
            payloads: payloads.collect(),
        }
    }

    pub fn hostile(&self) -> &[String] {
        &self.payloads
    }

    pub fn harmless(&self) -> Vec<String> {
        let twin = |(place, payload): (usize, &String)| {
            let length = payload.chars().count().max(5);
            format!("{:x<length$}", format!("zq{place:03}"))
        };
        self.payloads.iter().enumerate().map(twin).collect()
    }

    /// A text in which each twin, or the beginning of one that was cut, is what it stands for.
    pub fn swapped(&self, text: &str) -> String {
        let mut swapped = String::new();
        let mut rest = text;
        while let Some(at) = rest.find("zq") {
            let (before, twin) = rest.split_at(at);
            let end = 5 + twin[5..].chars().take_while(|it| *it == 'x').count();
            let (twin, after) = twin.split_at(end);
            let payload = &self.payloads[twin[2..5].parse::<usize>().unwrap()];
            swapped.push_str(before);
            swapped.extend(payload.chars().take(twin.len()));
            rest = after;
        }
        swapped + rest
    }

    /// Whether a text of the harmless history is names and nothing behind them.
    pub fn is_of_names(text: &str) -> bool {
        let platforms = ["Modrinth ", "CurseForge "];
        let text = platforms
            .iter()
            .find_map(|it| text.strip_prefix(it))
            .unwrap_or(text);
        text.starts_with("zq") && text.split(", ").all(Twins::is_name)
    }

    /// A twin and the words that tell them apart.
    fn is_name(text: &str) -> bool {
        let is_end =
            |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || matches!(it, ' ' | '…');
        text.starts_with("zq") && text.chars().all(is_end)
    }
}
