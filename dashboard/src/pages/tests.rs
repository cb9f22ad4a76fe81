use super::*;
use crate::fixtures::{context, sample_outlook};

/// Every page in its forms, rendered for a reader in these words below this base path. A new page
/// is one more line, and its samples.
fn rendered(words: &Words, base: &str) -> Vec<String> {
    let links = Links::new(base.parse().unwrap_or_default());
    let outlook = sample_outlook();
    let context = Context {
        outlook: &outlook,
        ..context(words, &links)
    };
    let pages = [
        mods::samples(context),
        overview::samples(context),
        kiosk::samples(context),
        platform::samples(context),
        modpacks::samples(context),
        history::samples(context),
        compare::samples(context),
        runs::samples(context),
        reference::samples(context),
        trouble::samples(context),
    ];
    let chrome = Chrome {
        stylesheet: links.asset("modstats.css"),
        script: links.asset("modstats.js"),
        logo: links.asset("logo.svg"),
        metrics: Some(links.metrics()),
        links: links.clone(),
        build: "1.2.3",
        sample_data: true,
    };
    let notice = Notice::new(context.now, "trouble-unavailable.text", words);
    let preferences = Preferences {
        language: words.language(),
        ..Preferences::default()
    };
    let frame = Frame {
        chrome: &chrome,
        words,
        preferences: &preferences,
        address: &links.mods(),
    };
    let render = |page: Box<dyn Page>| {
        let html = page.render(&frame).unwrap_or_default();
        let told = notice.put_on(&html).unwrap_or_default();
        assert_ne!(told, html);
        told
    };
    pages.into_iter().flatten().map(render).collect()
}

/// What a page says: its text, and the attributes that are read out or shown.
fn said(html: &str) -> String {
    let mut said = String::new();
    for piece in html.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').unwrap_or((piece, ""));
        for name in ["aria-label", "title", "alt", "placeholder"] {
            let value = tag.split_once(&format!(" {name}=\""));
            let value = value.and_then(|(_, rest)| rest.split_once('"'));
            said.extend(value.map(|(value, _)| format!("{value}\n")));
        }
        said.push_str(text);
        said.push('\n');
    }
    said
}

/// Names, which are the same in every language; those of months are no text but dates.
const NAMES: [&str; 25] = [
    "modstats",
    "Modrinth",
    "CurseForge",
    "Modpacks",
    "JSON",
    "CSV",
    "curl",
    "MODSTATS",
    "UTC",
    "English",
    "Français",
    "GET",
    "HEAD",
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sept",
    "Oct",
    "Nov",
    "Dec",
];

#[test]
fn no_page_has_words_of_its_own() {
    for html in rendered(&Words::pseudo(), "") {
        let said = said(&html);
        let outside: Vec<&str> = said
            .split('⟦')
            .map(|piece| piece.split_once('⟧').map_or(piece, |(_, rest)| rest))
            .collect();
        let outside = outside.join(" ");
        let words = outside.split(|it: char| !it.is_alphanumeric());
        let own: Vec<&str> = words
            .filter(|word| word.chars().any(char::is_alphabetic))
            .filter(|word| !word.to_lowercase().starts_with("zz") && !NAMES.contains(word))
            .collect();
        assert!(own.is_empty(), "{own:?}");
    }
}

#[test]
fn every_page_is_whole_in_every_language() {
    for language in Language::ALL {
        for html in rendered(&Words::new(language, Default::default()), "") {
            assert!(
                html.contains(&format!("<html lang=\"{}\"", language.code())),
                "{html}"
            );
            assert!(html.trim_end().ends_with("</html>"), "{html}");
        }
    }
}

#[test]
fn every_address_of_a_page_lies_below_the_base_path() {
    let mut addresses = 0;
    for html in rendered(&Words::english(), "/stats") {
        for attribute in [" href=\"", " src=\"", " action=\""] {
            for piece in html.split(attribute).skip(1) {
                let address = piece.split('"').next().unwrap_or_default();
                let elsewhere = address.starts_with("https://") || address.starts_with('#');
                assert!(
                    address.starts_with("/stats/") || elsewhere,
                    "{address} in\n{html}"
                );
                addresses += 1;
            }
        }
    }
    assert!(addresses > 100, "{addresses}");
}

/// Else browsers put into it what was chosen before, when a reader goes back.
#[test]
fn every_form_says_what_its_address_says() {
    let mut forms = 0;
    for html in rendered(&Words::english(), "") {
        let tags = html.split("<form ").skip(1);
        let tags = tags.filter_map(|it| it.split('>').next());
        for tag in tags.filter(|it| !it.contains(r#"method="dialog""#)) {
            assert!(tag.contains(r#"autocomplete="off""#), "{tag}");
            forms += 1;
        }
    }
    assert!(forms > 50, "{forms}");
}

#[test]
fn preferences_are_on_the_page_from_its_first_byte() {
    let links = Links::default();
    let chrome = Chrome {
        stylesheet: String::new(),
        script: String::new(),
        logo: String::new(),
        metrics: None,
        links: links.clone(),
        build: "1.2.3",
        sample_data: false,
    };
    let render = |preferences: &Preferences| {
        let words = &preferences.words();
        let frame = Frame {
            chrome: &chrome,
            words,
            preferences,
            address: "/runs?mod=a%2Fb&x=\"",
        };
        runs::samples(context(words, &links))
            .remove(0)
            .render(&frame)
            .unwrap_or_default()
    };
    let plain = render(&Preferences::default());
    assert!(
        plain.contains(r#"<html lang="en" data-zone="UTC">"#),
        "{plain}"
    );
    assert!(
        plain.contains(r#"name="back" value="/runs?mod=a%2Fb&#38;x=&#34;""#),
        "{plain}"
    );
    let chosen = render(&Preferences {
        language: Language::French,
        theme: Theme::Dark,
        zone: crate::zone::Zone::find("paris").unwrap_or_default(),
        shortcuts: false,
    });
    for told in [
        r#"<html lang="fr" data-theme="dark" data-zone="Europe/Paris" data-shortcuts="off">"#,
        r#"<meta name="color-scheme" content="dark">"#,
        r#"<option value="fr" lang="fr" selected>Français</option>"#,
        r#"<option value="dark" selected>"#,
        r#"<option value="off" selected>"#,
        "04:12 CET</time>",
    ] {
        assert!(chosen.contains(told), "{told} in\n{chosen}");
    }
}
