//! PostgreSQL: a bounded pool of connections, and a blocking thread to each transaction.

pub(crate) mod driver;
pub(crate) mod session;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::{
    Connect, Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod, Runtime,
    TimeoutType, Timeouts,
};
use tokio::runtime::Handle;
use tokio::task;

use crate::Tenant;
use crate::sql::transaction::Session;
use crate::sql::{DatabaseError, Durability, OpenError, PostgresSettings, Row, Transaction, Value};
use driver::Driver;

/// How long a request may wait for a connection.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long a server may take to accept one.
const CREATION: Duration = Duration::from_secs(4);
/// How many requests may wait for a connection.
const WAITING: usize = 1024;

#[derive(Clone)]
pub(crate) struct Postgres {
    pool: Pool,
}

impl Postgres {
    pub(crate) async fn open(settings: &PostgresSettings) -> Result<Self, OpenError> {
        // Whoever holds a connection ends its transaction before letting it go, or discards it.
        let fast = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let connect = SharedConnect(settings.connect()?);
        let manager = Manager::from_connect(settings.config().clone(), connect, fast);
        let timeouts =
            Timeouts { wait: Some(PATIENCE), create: Some(CREATION), recycle: Some(PATIENCE) };
        let pool = Pool::builder(manager)
            .max_size(usize::try_from(settings.connections()).unwrap_or(usize::MAX))
            .timeouts(timeouts)
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(|_| DatabaseError::Unavailable("no pool of connections".into()))?;
        let postgres = Self { pool };
        drop(postgres.connection().await?);
        Ok(postgres)
    }

    pub(crate) async fn query(
        &self,
        tenant: &Tenant,
        sql: &str,
        values: &[Value],
    ) -> Result<Vec<Row>, DatabaseError> {
        let connection = self.connection().await?;
        let done = session::query(&connection, tenant, sql, values).await;
        if done.as_ref().is_err_and(session::is_lost) {
            discard(connection);
        }
        done
    }

    pub(crate) async fn transact<T, E>(
        &self,
        tenant: Tenant,
        work: impl FnOnce(&mut Transaction<'_>) -> Result<T, E> + Send + 'static,
        durability: Durability,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DatabaseError> + Send + 'static,
    {
        let postgres = self.clone();
        // Two tasks of their own: dropping the future that waits for them stops neither.
        let task = tokio::spawn(async move {
            let connection = postgres.connection().await?;
            let handle = Handle::current();
            let driven = task::spawn_blocking(move || {
                drive(Driver::new(connection, handle), &tenant, work, durability)
            });
            driven.await.unwrap_or_else(|_| Err(DatabaseError::Closed.into()))
        });
        task.await.unwrap_or_else(|_| Err(DatabaseError::Closed.into()))
    }

    pub(crate) fn close(&self) {
        self.pool.close();
    }

    pub(crate) async fn connection(&self) -> Result<Object, DatabaseError> {
        if self.pool.status().waiting >= WAITING {
            return Err(DatabaseError::Busy);
        }
        self.pool.get().await.map_err(|error| match error {
            PoolError::Timeout(TimeoutType::Wait) => DatabaseError::Busy,
            PoolError::Closed => DatabaseError::Closed,
            PoolError::Backend(error) => match session::explain(&error) {
                unavailable @ DatabaseError::Unavailable(_) => unavailable,
                other => DatabaseError::Unavailable(other.to_string()),
            },
            _ => DatabaseError::Unavailable("no connection in time".into()),
        })
    }
}

impl fmt::Debug for Postgres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Postgres")
    }
}

/// Takes a connection out of the pool for good. The server rolls back what it has begun.
pub(crate) fn discard(connection: Object) {
    drop(Object::take(connection));
}

fn drive<T, E: From<DatabaseError>>(
    driver: Driver,
    tenant: &Tenant,
    work: impl FnOnce(&mut Transaction<'_>) -> Result<T, E>,
    durability: Durability,
) -> Result<T, E> {
    if let Err(error) = driver.begin(durability) {
        driver.discard();
        return Err(error.into());
    }
    let done = Transaction::new(Session::Postgres(&driver), tenant).run(work);
    match done {
        Ok(value) => driver.commit(tenant).map(|()| value).map_err(E::from),
        Err(error) => {
            driver.roll_back();
            Err(error)
        }
    }
}

struct SharedConnect(Arc<dyn Connect>);

impl Connect for SharedConnect {
    fn connect(
        &self,
        config: &tokio_postgres::Config,
    ) -> std::pin::Pin<
        Box<
            dyn Future<
                    Output = Result<
                        (tokio_postgres::Client, task::JoinHandle<()>),
                        tokio_postgres::Error,
                    >,
                > + Send
                + '_,
        >,
    > {
        self.0.connect(config)
    }
}
