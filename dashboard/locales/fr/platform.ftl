platform-counters = Les téléchargements ci-dessus sont les compteurs que les plateformes affichent pour des projets entiers.
platform-sum = La somme sur les versions est de <strong class="sum-over-versions">{ $sum }</strong> ({ $versions }, relevé du { $at }) : c’est un compteur à part, qu’une version supprimée quitte, mais pas celui du projet.
platform-sum-unknown = La somme sur les versions n’est pas encore connue.
platform-versions =
    { $count ->
        [one] { $count } version
       *[other] { $count } versions
    }
platform-tags = Une version compte pleinement pour chacun de ses chargeurs et chacune de ses versions du jeu, d’après ses étiquettes du jour ; ces colonnes ne s’additionnent donc pas au total.
