//! The page that says why there is no other.

#[derive(Clone, Debug)]
pub struct TroublePage {
    pub status: u16,
    pub heading: String,
    pub text: String,
    /// What can be done about it.
    pub advice: String,
    /// The address of the page that may have been meant.
    pub instead: Option<String>,
}

#[cfg(test)]
pub(super) fn samples(context: super::Context<'_>) -> Vec<Box<dyn super::Page>> {
    let troubles = crate::trouble::sample_troubles();
    let page = |trouble: crate::trouble::Trouble| trouble.page(context.words);
    let boxed = |page| Box::new(page) as Box<dyn super::Page>;
    troubles.into_iter().map(page).map(boxed).collect()
}
