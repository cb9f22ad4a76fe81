history-of = Historique de
history-of-mod = les projets du mod lui-même
history-versions = Versions
history-modpacks = Modpacks
history-metric = Ce qui est compté
history-by = Une ligne par
history-by-run = Collecte
history-by-day = Jour
history-by-week = Semaine
history-by-month = Mois
history-trend = Tendance
history-without-trend = Sans tendance
history-with-trend = Avec tendance
history-trend-of-total = Tendance : { $slope } par jour, d’après tous les jours entiers de { $days }.
history-trend-of-growth = Tendance : chaque jour ajoute { $slope } à la croissance de la veille, d’après tous les jours entiers de { $days }.
history-trend-due = Une tendance sera possible à partir du { $day }.
history-trend-never = Il n’y a encore rien dont voir la tendance.

history-total = Aujourd’hui
history-as-of = { $what }, au { $at }
history-growth = Sur cette période
history-mean = Moyenne
history-per-day = { $number } par jour
history-elapsed = D’après le temps du { $from } au { $to }.
history-first-day = Connu depuis
history-days-known =
    { $count ->
        [one] { $count } jour avec des observations
       *[other] { $count } jours avec des observations
    }
