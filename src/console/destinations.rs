use app::port::Destinations;
use app::view::*;
use async_trait::async_trait;
use model::*;

use super::ServerConsole;

#[async_trait]
impl Destinations for ServerConsole {
    async fn destinations(&self) -> Result<DestinationList, ConsoleError> {
        unimplemented!("branch delivery-ops")
    }

    async fn destination_form(&self) -> Result<DestinationForm, ConsoleError> {
        unimplemented!("branch delivery-ops")
    }

    async fn destination(&self, _id: DestinationId) -> Result<DestinationPage, ConsoleError> {
        unimplemented!("branch delivery-ops")
    }

    async fn add_destination(&self, _input: DestinationInput) -> Result<DestinationId, ConsoleError> {
        unimplemented!("branch delivery-ops")
    }

    async fn change_destination(&self, _id: DestinationId, _input: DestinationInput) -> Result<(), ConsoleError> {
        unimplemented!("branch delivery-ops")
    }

    async fn disable_destination(&self, _id: DestinationId) -> Result<(), ConsoleError> {
        unimplemented!("branch delivery-ops")
    }

    async fn enable_destination(&self, _id: DestinationId, _send_waiting: bool) -> Result<(), ConsoleError> {
        unimplemented!("branch delivery-ops")
    }

    async fn archive_destination(&self, _id: DestinationId) -> Result<(), ConsoleError> {
        unimplemented!("branch delivery-ops")
    }

    async fn rotate_destination_secret(&self, _id: DestinationId) -> Result<(), ConsoleError> {
        unimplemented!("branch delivery-ops")
    }

    async fn test_destination(&self, _id: DestinationId) -> Result<TestAnswer, ConsoleError> {
        unimplemented!("branch delivery-ops")
    }
}
