mod-runs = collectes
mod-kiosk = écran mural
mod-compare = comparer
mod-no-data = Pas encore de données
mod-no-data-help = Rien n’a encore été observé pour ce mod. Sa première collecte est en cours ou à venir ; les lignes ci-dessus disent quand.
mod-all-platforms = Toutes les plateformes
mod-downloads = téléchargements au { $at }
mod-downloads-without = téléchargements au { $at } ; { $lacks }
mod-followers =
    { $count ->
        [one] { $count } abonné
       *[other] { $count } abonnés
    }
mod-thumbs-up =
    { $count ->
        [one] { $count } pouce levé
       *[other] { $count } pouces levés
    }
mod-chart = Graphique
mod-projects = Projets
mod-project = Projet
mod-platform = Plateforme
mod-id = Identifiant
mod-downloads-column = Téléchargements
mod-observed = Observé
mod-state = État
mod-not-yet = pas encore
mod-tracked-since = suivi depuis le { $at }
mod-left-since = plus suivi depuis le { $at }
mod-invisible-since = plus visible depuis le { $at }
mod-overview = Vue d’ensemble
mod-modpacks = Modpacks
mod-history = Historique
mod-tabs = Pages de ce mod
mod-all-projects = Tous les projets
mod-share = { $share } des téléchargements de toutes les plateformes
