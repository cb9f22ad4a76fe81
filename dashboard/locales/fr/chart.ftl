chart-growth = Croissance
chart-total = Total
chart-downloads = Téléchargements
chart-followers = Abonnés
chart-thumbs-up = Pouces levés
chart-versions-downloads = Téléchargements des versions
chart-versions = Versions
chart-in-total = { $what } au total
chart-per-run = { $what } par collecte
chart-per-day = { $what } par jour
chart-per-week = { $what } par semaine
chart-per-month = { $what } par mois
chart-nothing-in-range = Rien n’a été observé pendant cette période.
chart-baseline-only = La croissance est tracée à partir du deuxième jour : le premier relevé lui sert de base.
chart-all-platforms = toutes les plateformes
chart-all-platforms-short = Toutes
chart-caption = { $what }, { $of }, { $days } (jours UTC)
chart-description = { $summary } Le tableau sous le graphique contient les mêmes données.
chart-from-to = De { $low } le { $from } à { $high } le { $to }.
chart-between = Entre { $least } ({ $low }) et { $most } ({ $high }).
chart-lines-of = Une ligne pour chacun : { $names }.
chart-nothing-known = Rien n’est connu.
chart-no-day-complete = Aucun jour n’est encore complet.

# Ce que dit le pointeur sur un jour, une ligne par plateforme.
chart-hint = { $name } : { $growth } ({ $total } au total)
chart-hint-growth = { $name } : { $growth }
chart-hint-total = { $name } : { $total } au total
chart-hint-unknown = { $name } : inconnu

# Légende.
chart-key-incomplete = encore incomplet
chart-key-gap = réparti sur une lacune
chart-key-release = nouvelle version
chart-key-correction = compteur corrigé par la plateforme
chart-key-baseline = premier relevé
chart-key-joined = projet compté à partir d’ici
chart-key-left = projet qui n’est plus suivi
chart-key-vanished = invisible, ou visible de nouveau
chart-key-jitter = compteur tombé puis rétabli
chart-key-import = nombres importés
chart-key-compared = croissance de la période comparée
chart-key-trend = tendance

# Tableau.
chart-as-table = Les mêmes données en tableau
chart-table = Historique en tableau
chart-run = Collecte
chart-day = Jour (UTC)
chart-week = Semaine (UTC)
chart-month = Mois (UTC)
chart-stated-last = Dernier relevé
chart-stated = { $name } { $value }
chart-stated-at = { $what } ({ $at })
chart-remarks = Remarques
chart-not-complete = incomplet
chart-spread-over-gap = réparti sur une lacune sans observations

# Repères.
chart-released = sortie de { $names } ({ $at })
chart-version-vanished = version qui n’est plus visible : { $names } ({ $at })
chart-version-visible-again = version de nouveau visible : { $names } ({ $at })
chart-first-reading = premier relevé : { $names } ({ $at })
chart-corrected = { $name } : compteur corrigé de { $from } à { $to } ({ $at })
chart-recovered = { $name } : compteur tombé de { $from } à { $to } ({ $at }) et rétabli ({ $until })
chart-counted-from-here = compté à partir d’ici : { $names } ({ $at })
chart-imported-from-here = importé à partir d’ici, par « { $source } » : { $names } ({ $at })
chart-collected-from-here = collecté à partir d’ici : { $names } ({ $at })
chart-no-longer-tracked = n’est plus suivi : { $names } ({ $at })
chart-no-longer-visible = n’est plus visible sur sa plateforme : { $names } ({ $at })

# Explorer un dessin.
chart-explore = { $what }, à explorer
chart-how = Pointez un jour, ou utilisez les flèches. Faites glisser sur une période, ou choisissez-la avec Maj et les flèches puis Entrée, pour ne voir qu’elle.

# Every reading, to zoom into.
chart-explore-open = Explorer tous les relevés
chart-explore-name = Tous les relevés, à agrandir
chart-explore-how = Faites glisser sur une période pour l’agrandir, cliquez deux fois pour tout revoir. Ou utilisez les flèches, + et −, et 0 pour tout revoir.
chart-explore-time = Heure
chart-explore-failed = Les relevés n’ont pas pu être chargés.
