platform-counters = Les téléchargements en haut de page sont les compteurs que la plateforme affiche pour des projets entiers.
platform-sum = La somme sur les versions est de <strong class="sum-over-versions">{ $sum }</strong> ({ $versions }, relevé du { $at }) : c’est un compteur à part, qu’une version supprimée quitte, mais pas celui du projet.
platform-sum-unknown = La somme sur les versions n’est pas encore connue.
platform-versions =
    { $count ->
        [one] { $count } version
       *[other] { $count } versions
    }
platform-tags = Une version compte pleinement pour chacun de ses chargeurs et chacune de ses versions du jeu, d’après ses étiquettes du jour ; ces colonnes ne s’additionnent donc pas au total.

# Cartes.
platform-followers = Abonnés
platform-thumbs-up = Pouces levés
platform-as-of = au { $at }
platform-published =
    { $count ->
        [0] aucune publiée, { $days }
        [one] { $count } publiée, { $days }
       *[other] { $count } publiées, { $days }
    }
platform-gone =
    { $count ->
        [one] { $count } n’est plus listée
       *[other] { $count } ne sont plus listées
    }
platform-newest = Dernière version
platform-downloads =
    { $count ->
        [one] { $count } téléchargement
       *[other] { $count } téléchargements
    }
platform-age =
    { $days ->
        [0] moins d’un jour
        [one] { $days } jour
       *[other] { $days } jours
    }
platform-last-update = Dernière mise à jour : { $at }

# Versions en tête.
platform-top-growth = Plus fortes croissances
platform-growth-counts = Croissance, { $days }, et sa part dans celle de toutes les versions. Une nouvelle version part de 0.
platform-top-downloads = Plus téléchargées
platform-downloads-counts = Téléchargements, et leur part dans la somme sur les versions listées.
platform-top-none = Aucune version n’en a.

# Par version du jeu et par chargeur.
platform-by = Distinguer par
platform-by-game-version = Version du jeu
platform-by-loader = Chargeur
platform-downloads-by-game-version = Téléchargements par version du jeu
platform-downloads-by-loader = Téléchargements par chargeur
platform-caption-per-day = { $what }, par jour, { $days } (jours UTC). Les nombres sont la croissance sur la période ; les jours inachevés ne figurent que dans le tableau.
platform-caption-per-week = { $what }, par semaine, { $days } (jours UTC). Les nombres sont la croissance sur la période ; les semaines incomplètes ne figurent que dans le tableau.
platform-caption-per-month = { $what }, par mois, { $days } (jours UTC). Les nombres sont la croissance sur la période ; les mois incomplets ne figurent que dans le tableau.
platform-tags-in-words = Croissance, { $days } : { $tags }.
platform-untagged = non précisé
platform-other-tags = Non dessinés :
platform-month = Mois (UTC)

# Dates de publication.
platform-publishing = Dates de publication
platform-published-caption =
    { $count ->
        [one] { $count } version selon sa date de publication, { $days } (jours UTC)
       *[other] { $count } versions selon leur date de publication, { $days } (jours UTC)
    }
platform-by-month = Versions par mois
