//! The sample data that somebody thought of: every name in it is invented.

use crate::catalogue::{DependencyKind, Platform};

/// A mod, on one platform or both.
pub(super) struct ModSeed {
    pub title: &'static str,
    pub slug: &'static str,
    pub summary: &'static str,
    pub author: &'static str,
    pub categories: &'static [&'static str],
    /// Modrinth's words for client and server side.
    pub sides: (&'static str, &'static str),
    /// Days between the first and about the newest release.
    pub age: i64,
    /// Each release is one build per entry; a build may serve several loaders.
    pub loaders: &'static [&'static [&'static str]],
    pub modrinth: Option<Presence>,
    pub curseforge: Option<Presence>,
    /// False: CurseForge gives launchers no download address.
    pub distributable: bool,
    /// Slugs of other mods.
    pub needs: &'static [(&'static str, DependencyKind)],
    /// Of a hundred modpacks, how many contain it.
    pub in_packs: u64,
    pub rename: Option<Rename>,
    /// Days before the present since when nobody sees it.
    pub hidden: Option<i64>,
    /// The build, counted from the newest, that is deleted, and how many days before the present.
    pub vanished: Option<(usize, i64)>,
    pub dents: &'static [DentSeed],
}

#[derive(Clone, Copy)]
pub(super) struct Presence {
    /// Downloads at the present.
    pub downloads: i64,
    /// How many of its newest builds are there.
    pub builds: usize,
}

pub(super) struct Rename {
    /// Days before the present.
    pub days: i64,
    pub title: &'static str,
    pub slug: &'static str,
}

pub(super) struct DentSeed {
    pub platform: Platform,
    /// Days before the present.
    pub days: i64,
    /// Until it recovers; never, if none.
    pub hours: Option<i64>,
    /// Thousandths of the downloads at the present.
    pub permille: i64,
}

const fn on(downloads: i64, builds: usize) -> Option<Presence> {
    Some(Presence { downloads, builds })
}

const PLAIN: ModSeed = ModSeed {
    title: "",
    slug: "",
    summary: "",
    author: "",
    categories: &[],
    sides: ("required", "required"),
    age: 900,
    loaders: &[&["fabric", "quilt"], &["neoforge"]],
    modrinth: None,
    curseforge: None,
    distributable: true,
    needs: &[],
    in_packs: 0,
    rename: None,
    hidden: None,
    vanished: None,
    dents: &[],
};

/// The mods that a demonstration tracks.
pub(super) const TRACKED: [ModSeed; 6] = [
    ModSeed {
        title: "Quillhaven Gears",
        slug: "quillhaven-gears",
        summary: "Belts, shafts and water wheels that turn whole villages into machines.",
        author: "maplewright",
        categories: &["technology", "transportation"],
        age: 1500,
        loaders: &[&["fabric"], &["neoforge"], &["forge"]],
        modrinth: on(18_400_000, 132),
        curseforge: on(41_200_000, 137),
        needs: &[("sprocket-commons", DependencyKind::Required)],
        in_packs: 36,
        vanished: Some((20, 35)),
        dents: &[DentSeed {
            platform: Platform::Curseforge,
            days: 20,
            hours: Some(9),
            permille: 12,
        }],
        ..PLAIN
    },
    ModSeed {
        title: "Lanternmoss & Loom",
        slug: "lanternmoss-and-loom",
        summary: "Glowing mosses, dyes that fade in the sun, and a loom for \"living\" cloth.",
        author: "quietkiln",
        categories: &["decoration", "game-mechanics"],
        age: 1100,
        modrinth: on(3_120_000, 48),
        curseforge: on(5_640_000, 46),
        needs: &[("moorstone-library", DependencyKind::Required)],
        in_packs: 21,
        dents: &[DentSeed {
            platform: Platform::Modrinth,
            days: 50,
            hours: None,
            permille: 15,
        }],
        ..PLAIN
    },
    ModSeed {
        title: "Emberglass Kilns",
        slug: "emberglass-kilns",
        summary: "Blow glass in seventeen colours, if you don't mind the heat.",
        author: "otterbyte",
        categories: &["decoration"],
        age: 700,
        loaders: &[&["neoforge"], &["forge"]],
        modrinth: on(640_000, 30),
        curseforge: on(1_930_000, 30),
        in_packs: 9,
        ..PLAIN
    },
    ModSeed {
        title: "Tidewheel Harbours",
        slug: "tidewheel-harbours",
        summary: "Ships, locks and tides for worlds with more sea than land.",
        author: "saltandtwine",
        categories: &["adventure", "transportation"],
        age: 420,
        modrinth: on(212_000, 24),
        needs: &[("sprocket-commons", DependencyKind::Optional)],
        in_packs: 6,
        ..PLAIN
    },
    ModSeed {
        title: "Brambleway Roads",
        slug: "brambleway-roads",
        summary: "Paths that form where feet go, and hedges that close behind them.",
        author: "hedgerow_hal",
        categories: &["worldgen"],
        age: 1300,
        loaders: &[&["forge"], &["neoforge"]],
        curseforge: on(2_710_000, 61),
        distributable: false,
        ..PLAIN
    },
    ModSeed {
        title: "Copperwick Semaphores",
        slug: "copperwick-semaphores",
        summary: "Long-distance redstone by flags and lamps, one tower at a time.",
        author: "nine_lanterns",
        categories: &["technology"],
        age: 210,
        modrinth: on(48_300, 12),
        curseforge: on(95_100, 12),
        in_packs: 3,
        rename: Some(Rename {
            days: 40,
            title: "Copperwick Signals",
            slug: "copperwick-signals",
        }),
        ..PLAIN
    },
];

/// Mods that the tracked ones and the modpacks live with.
pub(super) const OTHERS: [ModSeed; 11] = [
    ModSeed {
        title: "Sprocket Commons",
        slug: "sprocket-commons",
        summary: "Code that several machine mods share.",
        author: "maplewright",
        categories: &["library"],
        age: 1600,
        modrinth: on(92_000_000, 70),
        curseforge: on(181_000_000, 74),
        in_packs: 62,
        ..PLAIN
    },
    ModSeed {
        title: "Moorstone Library",
        slug: "moorstone-library",
        summary: "Configuration, networking and other dull necessities.",
        author: "fenlight",
        categories: &["library"],
        age: 1700,
        modrinth: on(61_500_000, 52),
        curseforge: on(74_000_000, 52),
        in_packs: 55,
        ..PLAIN
    },
    ModSeed {
        title: "Pebblecast",
        slug: "pebblecast",
        summary: "Draws the same world with half the work.",
        author: "cobble_and_ash",
        categories: &["optimization"],
        sides: ("required", "unsupported"),
        age: 1250,
        modrinth: on(28_700_000, 40),
        in_packs: 70,
        ..PLAIN
    },
    ModSeed {
        title: "Wickerline Storage",
        slug: "wickerline-storage",
        summary: "Baskets that know what belongs in them.",
        author: "otterbyte",
        categories: &["storage"],
        age: 800,
        modrinth: on(4_450_000, 22),
        curseforge: on(9_800_000, 22),
        in_packs: 30,
        ..PLAIN
    },
    ModSeed {
        title: "Hushwood Biomes",
        slug: "hushwood-biomes",
        summary: "Forests where sound carries differently.",
        author: "hedgerow_hal",
        categories: &["worldgen"],
        age: 950,
        modrinth: on(6_900_000, 26),
        curseforge: on(12_600_000, 26),
        needs: &[("moorstone-library", DependencyKind::Required)],
        in_packs: 25,
        ..PLAIN
    },
    ModSeed {
        title: "Thornapple Tweaks",
        slug: "thornapple-tweaks",
        summary: "Eighty small repairs to things nobody asked about.",
        author: "nine_lanterns",
        categories: &["utility"],
        age: 620,
        modrinth: on(890_000, 18),
        in_packs: 14,
        ..PLAIN
    },
    ModSeed {
        title: "Fernwhistle Farming",
        slug: "fernwhistle-farming",
        summary: "Crops with seasons, and scarecrows with opinions.",
        author: "quietkiln",
        categories: &["food"],
        age: 540,
        loaders: &[&["forge"], &["neoforge"]],
        curseforge: on(3_300_000, 24),
        ..PLAIN
    },
    ModSeed {
        title: "Stillmere Fishing",
        slug: "stillmere-fishing",
        summary: "Bait, patience and forty kinds of fish.",
        author: "saltandtwine",
        categories: &["food", "adventure"],
        age: 380,
        modrinth: on(157_000, 10),
        curseforge: on(301_000, 10),
        in_packs: 8,
        ..PLAIN
    },
    // It turns invisible.
    ModSeed {
        title: "Glimmerfen Lights",
        slug: "glimmerfen-lights",
        summary: "Will-o'-the-wisps that lead you somewhere.",
        author: "fenlight",
        categories: &["mobs"],
        age: 300,
        modrinth: on(74_000, 8),
        curseforge: on(66_000, 8),
        in_packs: 5,
        hidden: Some(25),
        ..PLAIN
    },
    // It takes the slug that another mod gave up.
    ModSeed {
        title: "Semaphore Posts",
        slug: "semaphore-posts",
        summary: "Wooden arms on wooden posts. They point.",
        author: "cobble_and_ash",
        categories: &["decoration"],
        age: 160,
        modrinth: on(1_900, 6),
        curseforge: on(2_400, 6),
        rename: Some(Rename {
            days: 30,
            title: "Copperwick Semaphores Continued",
            slug: "copperwick-semaphores",
        }),
        ..PLAIN
    },
    // What examples/trackedmod.yaml tracks, so that the file works here too; the numbers are made up.
    ModSeed {
        title: "Create Nuclear",
        slug: "createnuclear",
        summary: "Reactors, and what they need.",
        author: "saltandtwine",
        categories: &["technology"],
        age: 500,
        modrinth: on(310_000, 12),
        ..PLAIN
    },
];

/// Modpacks with something about their name or number that software gets wrong: title, slug,
/// downloads at the present on Modrinth and on CurseForge.
pub(super) const ODD_PACKS: [(&str, &str, Option<i64>, Option<i64>); 28] = [
    (
        "Everdeep Odyssey",
        "everdeep-odyssey",
        Some(96_000_000),
        Some(9_412_345_678),
    ),
    (
        "Skyfarer's Almanac",
        "skyfarers-almanac",
        Some(3_456_789_012),
        None,
    ),
    // It passes 2^31 within the last weeks.
    (
        "Two Thousand Fields",
        "two-thousand-fields",
        None,
        Some(2_180_000_000),
    ),
    ("Only Just Begun", "only-just-begun", Some(2), Some(3)),
    (
        "Salt & \"Pepper\" Survival",
        "salt-and-pepper",
        Some(812_000),
        Some(1_204_000),
    ),
    (
        "<b>Bold</b> Beginnings",
        "bold-beginnings",
        Some(45_120),
        Some(9_871),
    ),
    ("It's Only Wheat", "its-only-wheat", Some(23_004), None),
    (
        "Rock, Paper, Pickaxe",
        "rock-paper-pickaxe",
        Some(310_442),
        Some(88_123),
    ),
    (
        "Heart \u{2764}\u{fe0f} & Hearth",
        "heart-and-hearth",
        Some(77_431),
        None,
    ),
    (
        "\u{26cf}\u{fe0f} Deep Down",
        "deep-down",
        None,
        Some(150_331),
    ),
    ("مغامرة الواحة", "oasis-adventure", Some(12_830), None),
    ("הרפתקת המדבר", "desert-adventure", Some(8_114), Some(2_016)),
    ("日本の庭園", "garden-of-stones", Some(56_390), None),
    ("Émile's Forêt Enchantée", "emiles-foret", Some(6_250), None),
    ("  Leading Spaces", "leading-spaces", Some(431), None),
    ("Trailing Spaces  ", "trailing-spaces", Some(517), Some(38)),
    ("Double  Space", "double-space", None, Some(1_299)),
    ("100% Cobble", "hundred-percent-cobble", Some(19_200), None),
    ("=SUM(Ores)", "sum-of-ores", Some(3_141), None),
    ("-5 Degrees", "minus-five-degrees", Some(2_718), Some(1_618)),
    ("null", "null-pack", Some(64), None),
    ("C:\\Caves\\Temp", "caves-and-temp", None, Some(4_096)),
    ("Semi;colon | Pipe\tTab", "semicolon", Some(255), None),
    (
        "\u{202e}Reversed\u{202c} Realm",
        "reversed-realm",
        Some(909),
        None,
    ),
    (
        "{{ Mustache }} Valley",
        "mustache-valley",
        Some(1_024),
        None,
    ),
    (
        "'Quoted' to Begin With",
        "quoted-to-begin-with",
        Some(7_500),
        Some(11_900),
    ),
    ("🐸🐸🐸", "three-frogs", Some(33_333), None),
    (
        "The Extraordinarily Long and Winding Name of a Modpack That Nobody Ever Managed to Fit \
         Into One Line of Any Table",
        "long-and-winding",
        Some(14_400),
        Some(1_440),
    ),
];

pub(super) const PACK_COUNT: usize = 840;

/// The modpack that turns invisible, and how many days before the present.
pub(super) const HIDDEN_PACK: (usize, i64) = (40, 20);

/// First and second words of the other modpacks' names.
pub(super) const FIRST: [&str; 40] = [
    "Amber",
    "Bracken",
    "Cinder",
    "Dappled",
    "Elder",
    "Feathered",
    "Gilded",
    "Hollow",
    "Ivory",
    "Juniper",
    "Kindled",
    "Lowland",
    "Mossy",
    "Northern",
    "Oaken",
    "Painted",
    "Quiet",
    "Russet",
    "Sunken",
    "Twilight",
    "Umber",
    "Velvet",
    "Wandering",
    "Yonder",
    "Zephyr",
    "Ashen",
    "Brambled",
    "Copper",
    "Drifting",
    "Ember",
    "Frosted",
    "Glimmering",
    "Heather",
    "Inkwell",
    "Jade",
    "Keystone",
    "Lantern",
    "Marbled",
    "Nettle",
    "Opaline",
];
pub(super) const SECOND: [(&str, &str); 21] = [
    ("Expedition", "adventure"),
    ("Orchard", "farming"),
    ("Foundry", "technology"),
    ("Isles", "seafaring"),
    ("Kingdoms", "kingdom building"),
    ("Observatory", "magic"),
    ("Skies", "sky islands"),
    ("Depths", "caving"),
    ("Homestead", "cosy building"),
    ("Railways", "trains"),
    ("Trials", "hard survival"),
    ("Bazaar", "trading"),
    ("Menagerie", "animals"),
    ("Ruins", "exploration"),
    ("Workshop", "automation"),
    ("Wilds", "survival"),
    ("Caravan", "trade routes"),
    ("Conservatory", "botany"),
    ("Fjords", "seafaring"),
    ("Academy", "magic"),
    ("Outpost", "exploration"),
];

pub(super) const AUTHORS: [&str; 12] = [
    "maplewright",
    "otterbyte",
    "quietkiln",
    "saltandtwine",
    "hedgerow_hal",
    "nine_lanterns",
    "fenlight",
    "cobble_and_ash",
    "tinderbox42",
    "Brindle Works",
    "the_pack_goat",
    "mirelle_v",
];

/// Minecraft's versions and how many days before the present each came out.
pub(super) const GAME_VERSIONS: [(&str, i64); 12] = [
    ("1.18.2", 1700),
    ("1.19.2", 1500),
    ("1.19.4", 1250),
    ("1.20.1", 1120),
    ("1.20.4", 940),
    ("1.21.1", 760),
    ("1.21.4", 600),
    ("1.21.6", 430),
    ("1.21.8", 380),
    ("1.21.11", 290),
    ("26.1", 180),
    ("26.2", 70),
];
