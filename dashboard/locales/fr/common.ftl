# Le cadre des pages.
common-skip = Aller au contenu
common-sample-data = <strong>Données d’exemple.</strong> Ces mods et ces chiffres sont simulés ; rien ici n’a été demandé à une vraie plateforme.
common-last-known = <strong>Dernier état connu,</strong> tel qu’il était le { $at }. { $reason }
common-main-navigation = Principale
common-breadcrumbs = Fil d’Ariane
common-mods = Mods
common-compare = Comparer
common-runs = Collectes
common-api = API
common-metrics = Métriques
common-days-are-utc = Tous les jours sont des jours UTC.

# Les nombres et leurs unités, d’après CLDR.
common-thousands = { $number } k
common-millions = { $number } M
common-billions = { $number } Md
common-trillions = { $number } Bn
common-bytes = { $number } o
common-kilobytes = { $number } ko
common-megabytes = { $number } Mo
common-gigabytes = { $number } Go
common-terabytes = { $number } To
common-percent = { $number } %
common-seconds = { $seconds } s
common-minutes = { $minutes } min { $seconds } s
common-hours = { $hours } h { $minutes } min

# Les jours et les instants.
common-days = du { $from } au { $to }
common-instant = { $day } à { $time } { $zone }

# Les chiffres.
common-new = nouveau
common-no-change = inchangé
common-incomplete = incomplet
common-with-correction = avec une correction
common-no-data-yet = pas encore de données
common-without-projects =
    { $count ->
        [one] sans { $count } projet encore inconnu
       *[other] sans { $count } projets encore inconnus
    }
common-and-more =
    { $count ->
        [one] { $first } (et { $count } autre)
       *[other] { $first } (et { $count } autres)
    }

# La liste des touches, et ce dont un navigateur se souvient.
common-keys = Touches de cette page
common-keys-these = Ces touches
common-close = Fermer
common-escape = Échap
common-since-last-visit = <b data-visit-change></b> depuis votre dernière visite
common-show = Afficher
common-as-a-file = En fichier :
common-over-a-gap = réparti sur un trou
