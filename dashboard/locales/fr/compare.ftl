compare-heading = Comparer
compare-explained = Les téléchargements de mods, de projets et de versions côte à côte, jour par jour. Un mod est la somme de ses projets.
compare-items =
    { $count ->
        [one] { $count } élément
       *[other] { $count } éléments côte à côte
    }
compare-without = Retirer
compare-without-item = Retirer { $name }
compare-add = Ajouter à la comparaison
compare-tracked = Un mod ou un projet
compare-choose = Choisir
compare-mods = Mods
compare-projects = Projets
compare-version = Ou une version
compare-version-shape = L’adresse de sa page sur Modrinth ou CurseForge.
compare-add-button = Ajouter
compare-full = Il n’y a plus de place : retirez d’abord un élément.
compare-by = Une ligne par
compare-by-day = Jour
compare-by-week = Semaine
compare-by-month = Mois
