//! One suite, run against both databases: what [`Store`](super::Store) promises.

mod append;
mod database;
mod duplicates;
mod endpoints;
mod lifecycle;
mod lists;
mod volume;
mod world;

/// Makes each case a test for SQLite and one for PostgreSQL.
macro_rules! suite {
    ($($noun:ident :: { $($case:ident),+ $(,)? }),+ $(,)?) => {
        mod sqlite {
            use super::database::{Kind, run};
            $($(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    run(Kind::Sqlite, super::$noun::$case).await;
                }
            )+)+
        }

        mod postgres {
            use super::database::{Kind, run};
            $($(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    run(Kind::Postgres, super::$noun::$case).await;
                }
            )+)+
        }
    };
}

suite! {
    append::{
        headers_and_bodies_come_back_byte_for_byte,
        everything_of_a_webhook_comes_back,
        texts_are_kept_whatever_they_hold,
        a_parse_error_with_a_nul_is_stored_without_it,
        a_batch_of_any_length_is_answered_in_its_order,
        a_batch_of_large_bodies_is_stored,
        nothing_of_a_batch_is_kept_when_one_of_its_webhooks_cannot_be,
    },
    duplicates::{
        a_webhook_repeats_the_first_one_that_is_trusted_as_much,
        the_same_event_at_another_endpoint_is_another_event,
        of_appends_at_the_same_time_exactly_one_has_the_original,
        appends_at_the_same_time_agree_on_the_most_trusted_one,
    },
    endpoints::{
        an_endpoint_comes_back_as_it_was_added,
        a_token_is_taken_once,
        what_is_archived_is_not_listed_but_its_webhooks_are,
        every_change_raises_the_version,
        a_failed_change_leaves_the_version,
    },
    lifecycle::{
        migrating_again_changes_nothing,
        nodes_that_migrate_at_the_same_time_all_succeed,
        what_was_stored_is_there_after_opening_again,
        after_closing_the_database_is_not_available,
    },
    lists::{
        each_filter_finds_what_it_says,
        filters_narrow_each_other,
        filters_find_a_few_among_many,
        what_is_said_of_events_has_to_hold_for_one_of_them,
        a_star_stands_for_any_ending_and_nothing_else_does,
        a_span_of_time_begins_at_from_and_ends_before_to,
        pages_lead_through_the_whole_log_and_back,
        a_page_with_a_filter_leads_only_to_what_the_filter_lets_through,
        a_cursor_past_the_end_leads_back,
        newer_ones_are_counted_up_to_the_limit,
        what_does_not_exist_is_not_found,
    },
    volume::{
        counts_are_those_of_the_webhooks,
        buckets_cover_the_span_without_gaps,
        volume_is_narrowed_by_what_is_rolled_up,
        a_span_that_is_too_long_for_its_buckets_gets_wider_ones,
    },
}
