platform-counters = The downloads above are the counters that the platforms state for whole projects.
platform-sum = The sum over versions is <strong class="sum-over-versions">{ $sum }</strong> ({ $versions }, listed { $at }): a counter of its own, which a removed version leaves and the project’s doesn’t.
platform-sum-unknown = The sum over versions is not known yet.
platform-versions =
    { $count ->
        [one] { $count } version
       *[other] { $count } versions
    }
platform-tags = A version counts fully for each of its loaders and game versions, by today’s tags; such columns don’t add up to the total.
