//! Tests of `builtin.hub`: plain questions through the loop and the Hub tool to the emulator, and the
//! answers, whole.

mod people;
mod repos;
mod tokens;
mod writes;

use std::sync::Arc;

use agentcard::agent::{Agent, Limits, Manner, Outcome, run};
use agentcard::conversation::Conversation;
use agentcard::event::Events;
use agentcard::hub::{Client, Settings, TokenSource};
use agentcard::model::scripted::Scripted;
use agentcard::net::{Proxying, client};
use agentcard::sandbox::planner::HubPlanner;
use agentcard::sandbox::server::{Options, Running, start};
use agentcard::sandbox::world::World;
use agentcard::secret::Secret;
use agentcard::tool::hub::{EndpointPattern, HubTool};
use agentcard::tool::{Approver, Pending, ToolSet, Verdict};
use futures_util::future::BoxFuture;
use tokio_util::sync::CancellationToken;

const ADA: &str = "hf_test_write_ada";
const KENJI: &str = "hf_test_write_kenji";

/// Somebody who always answers the same about writes.
#[derive(Debug, Clone, Copy)]
enum Stubborn {
    Yes,
    No,
    Practice,
}

impl Approver for Stubborn {
    fn decide<'a>(&'a self, pending: Pending<'a>) -> BoxFuture<'a, Verdict> {
        let verdict = match self {
            Self::Yes => Verdict::Approved(Box::new(pending.plan.approve())),
            Self::No => Verdict::Refused("Nobody is here to approve this.".to_owned()),
            Self::Practice => Verdict::DryRun,
        };
        Box::pin(async move { verdict })
    }
}

/// One conversation with the planner, in a world of its own.
struct Bench {
    hub: Running,
    agent: Agent,
    conversation: Conversation,
}

impl Bench {
    async fn new(token: &str, approver: Stubborn) -> Self {
        let world = World::standard().unwrap();
        let hub = start(Options { world, ..Options::default() }).await.unwrap();
        let mut settings = Settings::new(hub.origin.parse().unwrap());
        settings.max_results = 3;
        settings.token = TokenSource::Value(Secret::parse(token).unwrap().unwrap());
        let client = Client::new(
            client(Proxying::Direct, std::time::Duration::from_secs(10)).unwrap(),
            settings,
        );
        let tool = Arc::new(HubTool::new(client, EndpointPattern::Included));
        let agent = Agent {
            model: Box::new(Scripted::new("builtin.hub".to_owned(), HubPlanner)),
            tools: ToolSet::new(vec![tool], Arc::new(approver)),
            limits: Limits { turns: 12, calls: 24, tokens: None, time: None },
            manner: Manner::default(),
            hooks: None,
            answer_schema: None,
        };
        Self { hub, agent, conversation: Conversation::new("You are helpful.".to_owned()) }
    }

    /// The answer to a question. Nothing may go wrong on the way.
    async fn ask(&mut self, question: &str) -> String {
        self.conversation.push_user(question.to_owned());
        let (events, _) = Events::channel();
        let cancel = CancellationToken::new();
        let report = run(&mut self.agent, &mut self.conversation, &events, &cancel).await;
        assert_eq!(report.outcome, Outcome::Answered, "{question}");
        report.answer
    }

    /// The writes that reached the Hub: path and body.
    fn writes(&self) -> Vec<(String, String)> {
        let requests = self.hub.requests().into_iter();
        let posts = requests.filter(|request| request.method == "POST");
        posts.map(|request| (request.path, request.body)).collect()
    }
}

/// Asks a question and compares the whole answer.
macro_rules! assert_answer {
    ($bench:expr, $question:expr, @$answer:literal) => {
        insta::assert_snapshot!($bench.ask($question).await, @$answer)
    };
}

use assert_answer;

#[tokio::test]
async fn every_question_of_a_conversation_is_answered_on_its_own() {
    let mut bench = Bench::new(ADA, Stubborn::No).await;
    let answer = "`kenji-watts` has 1 follower.";
    assert_eq!(bench.ask("how many followers does kenji-watts have?").await, answer);
    assert_eq!(
        bench.ask("How many followers has priya-ramanan?").await,
        "`priya-ramanan` has 2 followers."
    );
    // By now it may be another number, so the Hub is asked again.
    assert_eq!(bench.ask("how many followers does kenji-watts have?").await, answer);

    let asked: Vec<String> = bench.hub.requests().into_iter().map(|asked| asked.path).collect();
    let overview = |name: &str| format!("/api/users/{name}/overview");
    assert_eq!(asked, ["kenji-watts", "priya-ramanan", "kenji-watts"].map(overview));
}

#[tokio::test]
async fn what_is_no_name_never_reaches_the_hub() {
    let mut bench = Bench::new(ADA, Stubborn::Yes).await;
    for question in [
        "who follows ../../whoami-v2",
        "members of lumen-labs/../../secrets",
        "who is ada-moreau?x=1#y",
        "discussions on lumen-labs/aurora-7b%2f..",
        "comment on discussion 7/../8 of lumen-labs/aurora-7b: hello",
    ] {
        let answer = bench.ask(question).await;
        assert!(answer.starts_with("I am a small planner"), "{question}: {answer}");
    }
    assert_eq!(bench.hub.requests(), []);
}
