//! One suite, run against both databases: what [`Store`](super::Store) promises.

mod accounts;
mod append;
mod asking;
mod audit;
mod bulk_refetches;
mod concurrency;
mod database;
mod delivery_lists;
mod destinations;
mod duplicates;
mod endpoints;
mod erasing;
mod forwarding;
mod leases;
mod lifecycle;
mod lists;
mod meeting;
mod order;
mod records;
mod refetches;
mod requests;
mod resendable;
mod resends;
mod reverify;
mod scrubbing;
mod sealing;
mod sessions;
mod subjects;
mod trust;
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
    accounts::{
        a_user_comes_back_as_they_were_added,
        an_email_address_is_taken_once,
        an_invited_user_chooses_a_password_once,
        a_new_link_takes_the_place_of_earlier_ones,
        the_first_admin_is_made_under_a_link,
        a_set_up_link_is_of_no_use_when_there_is_a_user,
        an_admin_who_can_come_in_remains,
        without_an_admin_roles_can_still_be_changed,
        a_second_factor_is_turned_on_and_off,
        a_totp_step_is_taken_once,
        a_sign_in_is_noted,
        a_token_is_found_until_it_is_revoked,
    },
    append::{
        headers_and_bodies_come_back_byte_for_byte,
        everything_of_a_webhook_comes_back,
        texts_are_kept_whatever_they_hold,
        a_parse_error_with_a_nul_is_stored_without_it,
        a_batch_of_any_length_is_answered_in_its_order,
        a_batch_of_large_bodies_is_stored,
        nothing_of_a_batch_is_kept_when_one_of_its_webhooks_cannot_be,
    },
    audit::{
        an_entry_comes_back_as_it_was_written,
        what_someone_says_of_themselves_is_written_whatever_it_holds,
        filters_of_the_audit_log_narrow_each_other,
        pages_lead_through_the_whole_audit_log,
        each_entry_follows_on_the_one_before,
        the_audit_log_is_only_appended_to,
        an_entry_that_was_tampered_with_shows,
        an_entry_that_is_missing_shows,
        an_entry_that_cannot_be_read_is_named,
    },
    bulk_refetches::{
        a_bulk_re_fetch_queues_counts_and_ends,
        a_bulk_re_fetch_leaves_alone_what_is_open,
        a_bulk_re_fetch_that_makes_none_is_done,
        what_waits_of_a_bulk_re_fetch_is_cancelled_with_it,
        archiving_ends_a_bulk_re_fetch,
    },
    concurrency::{
        of_those_who_use_a_link_at_once_one_wins,
        of_those_who_set_up_at_once_one_is_the_first_admin,
        of_those_who_demote_the_last_admins_at_once_one_is_refused,
        changes_at_once_leave_an_unbroken_chain,
        nothing_is_sealed_with_the_old_key_while_the_key_changes,
        webhooks_arrive_while_others_are_checked_again,
    },
    delivery_lists::{
        each_filter_of_deliveries_finds_what_it_says,
        too_many_destinations_to_read_one_by_one_make_no_difference,
        the_log_shows_the_delivery_that_most_wants_a_person,
        of_several_deliveries_to_one_destination_the_newest_counts,
        the_log_is_filtered_by_deliveries_and_by_duplicates,
    },
    destinations::{
        a_destination_comes_back_as_it_was_added,
        all_of_a_destination_can_be_changed_but_whether_it_is_disabled,
        a_new_secret_lets_the_others_end,
        every_change_of_a_destination_raises_the_version_and_no_delivery_does,
    },
    duplicates::{
        a_webhook_repeats_the_first_one_that_is_trusted_as_much,
        the_same_event_at_another_endpoint_is_another_event,
        of_appends_at_the_same_time_exactly_one_has_the_original,
        appends_at_the_same_time_agree_on_the_most_trusted_one,
    },
    endpoints::{
        an_endpoint_comes_back_as_it_was_added,
        all_of_an_endpoint_can_be_changed_but_what_names_it,
        a_secret_is_changed_and_removed,
        what_someone_else_changed_meanwhile_is_not_written_over,
        credentials_are_set_replaced_and_removed,
        a_token_is_taken_once,
        what_is_archived_is_not_listed_but_its_webhooks_are,
        every_change_raises_the_version,
        a_failed_change_leaves_the_version_and_the_audit_log,
        the_last_use_of_a_secret_only_goes_forward,
    },
    erasing::{
        what_stays_of_an_erased_webhook_says_that_it_came,
        what_is_on_its_way_is_cancelled_when_it_is_erased,
        bulk_jobs_do_not_wait_for_what_is_erased,
        nothing_is_done_any_more_with_what_is_erased,
        what_comes_again_after_it_was_erased_is_erased_at_once,
        what_is_sent_again_while_it_is_erased_leaves_nothing_open,
    },
    leases::{
        what_is_leased_is_what_came,
        the_longest_due_are_leased_first_and_nothing_before_its_time,
        workers_that_lease_at_once_never_get_the_same,
        an_expired_lease_is_due_again_and_a_late_record_does_not_move_the_delivery,
        a_lease_that_is_over_still_counts_while_nobody_else_has_the_delivery,
        what_is_given_back_is_due_at_once,
        attempts_move_a_delivery_through_its_schedule,
        one_probe_at_a_time_shows_whether_a_destination_is_back,
        health_is_what_all_attempts_say_of_it,
        how_one_address_did_says_nothing_of_another,
        a_disabled_destination_gets_nothing_and_what_arrives_waits,
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
    meeting::{
        whatever_meets_nobody_waits_in_a_circle_and_nothing_is_stuck,
    },
    order::{
        later_ones_of_a_subject_wait_for_earlier_ones,
        a_failed_one_holds_the_later_ones_back_until_it_is_skipped_or_retried,
        a_retry_that_is_held_lets_the_next_one_go,
        whatever_takes_the_first_one_away_lets_the_next_one_go,
        a_failed_one_that_is_resent_keeps_its_place,
        held_and_cancelled_ones_hold_nothing_back,
        a_lease_that_is_over_does_not_overtake,
        a_million_of_one_subject_does_not_hide_the_others,
        those_that_were_parked_go_when_order_does_not_matter_any_more,
        those_that_were_parked_are_woken_whatever_the_destination_wants_meanwhile,
        a_retry_takes_the_place_of_a_parked_one_and_still_waits,
        nothing_stays_parked_when_workers_and_people_meet,
        a_resend_of_a_parked_one_does_not_overtake,
    },
    records::{
        a_record_comes_back_as_it_was_answered,
        records_of_an_object_make_its_history,
        what_failed_is_tried_again_or_not,
        a_record_that_is_late_is_kept_and_asked_for_again,
        a_record_that_agrees_lets_its_webhook_go,
        a_record_that_contradicts_holds_its_webhook_until_one_agrees,
        what_changed_meanwhile_is_judged_anew,
        what_is_confirmed_becomes_the_original,
        checking_again_asks_where_nobody_does,
        a_webhook_to_ask_for_is_read_with_its_events,
        what_came_is_known_by_how_far_it_is_trusted,
        what_was_erased_is_known_by_its_event,
        what_was_made_of_a_list_says_so,
        endpoints_with_credentials_are_known,
    },
    refetches::{
        a_re_fetch_that_nobody_makes_is_cancelled_and_keeps_what_came_of_its_tries,
        re_fetches_are_made_with_their_webhook,
        a_webhook_that_repeats_another_is_not_asked_for,
        the_longest_due_go_first_and_those_that_a_person_waits_for_before_all,
        what_is_asked_for_in_bulk_delays_nothing,
        what_a_person_takes_over_keeps_its_tries,
        workers_that_lease_re_fetches_at_once_never_get_the_same,
        a_re_fetch_whose_lease_ended_is_anothers,
        a_re_fetch_that_is_given_back_is_due_then,
        each_endpoint_has_a_queue_of_its_own,
        a_person_who_asks_takes_over_what_is_pending,
        of_people_who_ask_at_once_one_makes_a_re_fetch,
        nobody_asks_for_an_endpoint_that_is_archived,
        re_fetches_meet_what_else_changes_webhooks_and_nobody_waits_in_a_circle,
    },
    requests::{
        deliveries_are_made_with_their_webhook,
        a_webhook_that_repeats_another_is_not_delivered,
        a_resend_takes_over_what_is_pending_and_makes_what_is_not_there,
        what_a_cancelled_one_stood_in_for_counts_as_failed_again,
        a_resend_of_what_is_not_trusted_is_held,
        nothing_is_resent_when_one_of_the_webhooks_is_not_there,
        of_resends_at_once_one_delivery_is_made,
        what_is_held_waits_for_a_release,
        a_retry_is_due_at_once_unless_the_delivery_is_held_or_under_way,
        a_retry_is_refused_while_another_delivery_of_the_webhook_is_open,
        a_cancelled_delivery_does_not_come_back,
        the_attempt_of_a_delivery_that_was_cancelled_meanwhile_is_kept,
        what_waits_for_a_destination_is_cancelled_in_portions,
    },
    resendable::{
        webhooks_to_resend_are_read_oldest_first,
    },
    resends::{
        a_bulk_resend_queues_counts_and_ends,
        a_bulk_resend_goes_on_where_it_stopped_and_does_no_step_twice,
        a_bulk_resend_of_nothing_is_done_at_once,
        what_is_open_already_is_taken_over_or_left_alone,
        a_bulk_resend_counts_to_its_end_over_a_cancel,
        what_was_on_its_way_before_a_bulk_resend_goes_on_when_that_is_cancelled,
        a_bulk_release_lets_go_what_is_held,
    },
    reverify::{
        what_is_stored_can_be_checked_again,
        what_changed_since_it_was_read_is_left_as_it_is,
        the_webhooks_of_a_span_are_counted,
        verdicts_evidence_and_counts_follow,
        webhooks_are_linked_anew,
        one_from_a_foreign_network_stays_untrusted,
        the_same_event_elsewhere_is_left_alone,
        headers_are_replaced_and_nothing_else,
    },
    scrubbing::{
        nothing_of_an_erased_subject_is_left_on_disk,
        scrubbing_goes_with_reading_and_writing,
        a_scrub_is_owed_from_erasing_until_it_was_done,
    },
    sealing::{
        the_first_key_that_is_named_stands,
        what_another_key_sealed_is_refused,
        nothing_sealed_is_taken_before_a_key_is_named,
        everything_is_sealed_again,
        nothing_is_sealed_again_when_one_value_does_not_open,
    },
    sessions::{
        a_session_comes_back_until_it_expires,
        a_session_that_was_ended_is_not_written_again,
        a_users_sessions_are_listed_the_one_seen_last_first,
        sessions_end_when_what_protects_them_changes,
        a_link_that_is_used_ends_the_sessions,
        nobody_ends_the_session_of_another,
        what_is_expired_is_swept,
    },
    subjects::{
        recent_subjects_are_told_once_each,
        the_newest_events_of_a_subject_come_with_their_webhooks,
        records_of_a_subject_are_found,
        what_is_to_be_erased_of_a_subject_is_found_to_its_end,
        endpoints_are_told_by_name_archived_or_not,
    },
    trust::{
        what_is_trusted_after_all_goes_by_itself,
        what_is_not_trusted_any_more_is_held_unless_it_is_out_or_was_released,
        what_is_contradicted_is_not_tried_again_unless_it_was_released,
        what_is_contradicted_is_held_however_it_is_asked_for,
        what_was_released_is_not_held_again_however_it_is_asked_for,
        what_repeats_another_by_now_is_not_let_go,
        what_repeats_no_other_any_more_gets_the_deliveries_that_it_never_had,
        what_repeats_no_other_any_more_and_does_not_go_by_itself_is_held,
        holding_one_lets_the_next_of_its_subject_go,
        a_bulk_resend_does_not_wait_for_what_is_held_by_now,
        what_is_checked_again_says_whether_something_waits,
    },
    volume::{
        counts_are_those_of_the_webhooks,
        buckets_cover_the_span_without_gaps,
        volume_is_narrowed_by_what_is_rolled_up,
        a_span_that_is_too_long_for_its_buckets_gets_wider_ones,
    },
}
