//! The words the planner understands: what they stand for, and which of them may be passed over.
//!
//! It owns the lists only. A word that stands in neither is a name, or is not understood.

/// A concept and the ways of saying it, separated by `|`. Two-word ways come before one-word ones
/// that they begin with, because the first that fits is taken.
const CONCEPTS: &[(&str, &str)] = &[
    ("want", "would like|i'd like|show me|give me|tell me|find me|get me|want"),
    ("count", "how many|number of|count|total"),
    ("pr", "pull request|pull requests|merge request|merge requests|pr|prs"),
    ("discussion", "discussion|discussions|thread|threads|issue|issues"),
    ("organizations", "organizations|organisations|orgs"),
    ("organization", "organization|organisation|org"),
    ("member", "member|belong|belongs|part"),
    ("members", "members"),
    ("works", "works|work"),
    ("followers", "followers|follower"),
    ("follow", "follow|follows|following"),
    ("followed", "followed"),
    ("like", "like|likes|liked"),
    ("models", "models|model"),
    ("datasets", "datasets|dataset"),
    ("spaces", "spaces|space"),
    ("papers", "papers|paper"),
    (
        "overview",
        "look up|overview|overviews|profile|profiles|summary|summarize|summarise|describe|details|info|\
         information",
    ),
    ("compare", "compare|comparison|difference"),
    ("more", "more"),
    ("token", "api key|token|credentials"),
    ("role", "permission|permissions|scope|scopes|rights|role|read-only"),
    ("whoami", "whoami|whoami-v2"),
    ("logged", "logged|authenticated|signed"),
    ("allowed", "allowed|permitted"),
    ("owner", "owner"),
    ("me", "me|my|i|mine|myself"),
    ("open", "open"),
    ("opened", "opened|opens|starts|started|raised|raises|created|creates|posted|posts"),
    ("closed", "closed"),
    ("merged", "merged"),
    ("draft", "draft|drafts"),
    ("most", "most|top"),
    ("active", "active|author|authors|opener|openers|contributor|contributors"),
    ("access", "access|read|download|use"),
    ("request", "request|requests"),
    ("requested", "requested|asked|wants"),
    ("pending", "pending|waiting|outstanding|unanswered|awaiting"),
    ("accepted", "accepted|approved|granted"),
    ("rejected", "rejected|denied|refused|declined"),
    ("collections", "collections"),
    ("collection", "collection"),
    ("items", "items|contents|content"),
    ("comment", "comment|reply|respond"),
    ("close", "close"),
    ("reopen", "reopen|re-open"),
    ("create", "create|make|start|post|new"),
    ("titled", "the title|title|titled|called|named|entitled"),
    ("private", "private"),
    ("accept", "accept|approve"),
    ("reject", "reject|deny|decline|refuse"),
    ("reset", "cancel|withdraw"),
    ("grant", "grant|give|allow"),
    ("add", "add|put"),
    ("hide", "hide"),
    ("edit", "edit|change|update|rewrite"),
    ("who", "who|whom"),
    ("in", "in|inside"),
    // No pattern has a place for a denial, so a sentence that holds one is never understood.
    ("not", "not|no|never|none|nobody|without|except|but|don't|doesn't|isn't|cannot|can't"),
];

/// Words that may be passed over wherever they stand. A pattern can still ask for one.
const FILLERS: &str = "a|an|the|of|on|in|inside|for|to|at|by|from|with|into|and|or|vs|versus|as|is|are|was|were|\
    be|been|am|do|does|did|has|have|had|will|can|could|may|please|show|list|give|tell|find|get|see|want|\
    know|let|us|you|your|it|its|their|this|that|these|those|there|any|all|some|what|which|whose|about|\
    i|say|says|written|write|wrote|read|currently|now|latest|newest|recent|recently|got|owned|check|out|exactly|right|hey|hi|hello|thanks|hub|hf|\
    huggingface|hugging|face|users|user|people|person|account|accounts|repo|repos|repository|repositories|\
    number|id|per|everybody|everyone|named";

/// What a word, or two words with one space between them, stand for. Lower case is expected.
pub(super) fn concept(words: &str) -> Option<&'static str> {
    CONCEPTS
        .iter()
        .find(|(_, ways)| ways.split('|').any(|way| way == words))
        .map(|(concept, _)| *concept)
        .or_else(|| FILLERS.split('|').find(|filler| *filler == words))
}

/// Whether a word may be passed over. Lower case is expected.
pub(super) fn is_filler(word: &str) -> bool {
    FILLERS.split('|').any(|filler| filler == word)
}

/// Whether a pattern may use this word: it must be something a sentence can hold.
#[cfg(test)]
pub(super) fn is_known(concept: &str) -> bool {
    CONCEPTS.iter().any(|(known, _)| *known == concept) || is_filler(concept)
}
