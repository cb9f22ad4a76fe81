use std::time::Duration;

use futures::{StreamExt, TryStreamExt};
use k8s_openapi::api::core::v1::ConfigMap;
use kube::api::{Api, ListParams, PostParams, WatchEvent, WatchParams};
use modstats_tests::eventually;
use modstats_tests::kubernetes::{
    ApiRequest, ControlPlane, Failure, FaultProxy, Moment, client_of, control_plane,
};

const SOON: Duration = Duration::from_secs(60);

struct Ground {
    proxy: FaultProxy,
    through: Api<ConfigMap>,
    direct: Api<ConfigMap>,
}

impl Ground {
    async fn new() -> Ground {
        let plane: &ControlPlane = control_plane().await;
        let namespace = plane.namespace("proxy").await;
        let binding = format!(
            "
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {{name: default}}
roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}}
subjects: [{{kind: ServiceAccount, name: default, namespace: {namespace}}}]
"
        );
        plane.apply(&namespace, &binding).await;
        let proxy = FaultProxy::start(plane).await;
        let kubeconfig = plane.kubeconfig_for(&namespace, "default").await;
        let client = client_of(&proxy.kubeconfig(&kubeconfig)).await;
        Ground {
            proxy,
            through: Api::namespaced(client, &namespace),
            direct: Api::namespaced(plane.client().await, &namespace),
        }
    }

    async fn exists(&self, name: &str) -> bool {
        self.direct.get_opt(name).await.unwrap().is_some()
    }
}

fn named(name: &str) -> ConfigMap {
    serde_json::from_value(serde_json::json!({"metadata": {"name": name}})).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_can_fail_before_it_is_sent_and_after_it_is_done() {
    let ground = Ground::new().await;
    let create = async |name: &str| {
        let (parameters, object) = (PostParams::default(), named(name));
        let created = ground.through.create(&parameters, &object).await;
        created.map(drop)
    };
    create("passes").await.unwrap();
    let is_create = |request: &ApiRequest| request.verb == "create";
    for (failure, code) in [
        (Failure::Status(409), Some(409)),
        (Failure::Status(504), Some(504)),
        (Failure::Later(3), Some(429)),
        (Failure::Cut, None),
    ] {
        for (moment, done) in [(Moment::BeforeSent, false), (Moment::AfterCommitted, true)] {
            ground.proxy.fail(2, is_create, moment, failure);
            let name = format!("{code:?}-{done}")
                .to_lowercase()
                .replace(['(', ')'], "");
            create(&format!("{name}-first")).await.unwrap();
            let answer = match create(&name).await.unwrap_err() {
                kube::Error::Api(status) => Some(status.code),
                _ => None,
            };
            assert_eq!((answer, ground.exists(&name).await), (code, done), "{name}");
            assert!(ground.proxy.is_through());
        }
    }
    let requests = ground.proxy.requests();
    let first = requests.iter().find(|it| it.is_write()).unwrap();
    assert_eq!(
        (&*first.verb, &*first.resource, &*first.name),
        ("create", "configmaps", "passes")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_is_held_goes_on_or_ends_as_the_test_wants() {
    let ground = Ground::new().await;
    for (name, moment, goes_on) in [
        ("let-go", Moment::BeforeSent, true),
        ("dropped", Moment::BeforeSent, false),
        ("dropped-after", Moment::AfterCommitted, false),
    ] {
        let mut held = ground.proxy.hold(1, ApiRequest::is_write, moment);
        let object = named(name);
        let parameters = PostParams::default();
        let creating = ground.through.create(&parameters, &object);
        let deciding = async {
            assert_eq!(held.reached().await.name, name);
            let done = moment == Moment::AfterCommitted;
            assert_eq!(ground.exists(name).await, done);
            if goes_on {
                held.let_go();
            } else {
                drop(held);
            }
        };
        let (created, ()) = tokio::join!(creating, deciding);
        assert_eq!(created.is_ok(), goes_on, "{name}: {created:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_requests_of_a_kind_can_fail_until_they_are_to_succeed() {
    let ground = Ground::new().await;
    let create = async |name: &str| {
        let parameters = PostParams::default();
        let created = ground.through.create(&parameters, &named(name)).await;
        created.map(drop)
    };
    let is_create = |request: &ApiRequest| request.verb == "create";
    let (proxy, moment) = (&ground.proxy, Moment::BeforeSent);
    proxy.fail_every(is_create, moment, Failure::Status(500));
    for name in ["one", "two", "three"] {
        create(name).await.unwrap_err();
        assert!(!ground.exists(name).await);
    }
    ground.through.list(&ListParams::default()).await.unwrap();
    proxy.relent();
    create("four").await.unwrap();

    proxy.fail_every(is_create, moment, Failure::Silence);
    let silent = tokio::time::timeout(Duration::from_secs(2), create("five")).await;
    assert!(silent.is_err(), "{silent:?}");
    proxy.relent();
    create("six").await.unwrap();
    assert!(!ground.exists("five").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn watches_can_be_frozen_thawed_and_cut() {
    let ground = Ground::new().await;
    let version = ground.direct.list(&ListParams::default()).await.unwrap();
    let version = version.metadata.resource_version.unwrap();
    let parameters = WatchParams::default();
    let watch = ground.through.watch(&parameters, &version).await.unwrap();
    let mut names = watch
        .try_filter_map(async |event: WatchEvent<ConfigMap>| match event {
            WatchEvent::Added(object) => Ok(object.metadata.name),
            _ => Ok::<_, kube::Error>(None),
        })
        .boxed();
    let make = async |name: &str| {
        ground
            .direct
            .create(&PostParams::default(), &named(name))
            .await
            .unwrap();
    };
    make("one").await;
    assert_eq!(names.next().await.unwrap().unwrap(), "one");
    ground.proxy.freeze("configmaps");
    make("two").await;
    let early = tokio::time::timeout(Duration::from_secs(2), names.next()).await;
    assert!(early.is_err(), "{early:?}");
    // Everything else goes on.
    ground.through.get("two").await.unwrap();
    ground.proxy.thaw();
    assert_eq!(names.next().await.unwrap().unwrap(), "two");
    ground.proxy.freeze("configmaps");
    make("three").await;
    ground.proxy.cut_watches();
    let end = names.next().await;
    assert!(!matches!(end, Some(Ok(_))), "{end:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_can_be_silent_or_gone_and_come_back() {
    let ground = Ground::new().await;
    ground
        .direct
        .create(&PostParams::default(), &named("there"))
        .await
        .unwrap();
    ground.proxy.black_hole();
    let get = ground.through.get("there");
    let silent = tokio::time::timeout(Duration::from_secs(2), get).await;
    assert!(silent.is_err(), "{silent:?}");
    ground.proxy.refuse();
    ground.through.get("there").await.unwrap_err();
    ground.proxy.heal();
    eventually(SOON, "it answers again", async || {
        ground.through.get("there").await.map(drop)
    })
    .await;
}
