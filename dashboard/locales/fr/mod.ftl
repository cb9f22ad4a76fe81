mod-runs = collectes
mod-no-data = Pas encore de données
mod-no-data-help = Rien n’a encore été observé pour ce mod. Sa première collecte est en cours ou à venir ; les lignes ci-dessus disent quand.
mod-platforms = Plateformes
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
mod-range = Période
mod-counters = Les téléchargements ci-dessus sont les compteurs que les plateformes affichent pour des projets entiers.
mod-sum = La somme sur les versions est de <strong class="sum-over-versions">{ $sum }</strong> ({ $versions }, relevé du { $at }) : c’est un compteur à part, qu’une version supprimée quitte, mais pas celui du projet.
mod-sum-unknown = La somme sur les versions n’est pas encore connue.
mod-versions =
    { $count ->
        [one] { $count } version
       *[other] { $count } versions
    }
mod-tags = Une version compte pleinement pour chacun de ses chargeurs et chacune de ses versions du jeu, d’après ses étiquettes du jour ; ces colonnes ne s’additionnent donc pas au total.
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
