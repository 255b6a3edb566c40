import { Global, Module } from '@nestjs/common';
import { Postgres } from '../postgres/postgres.js';
import { MessageBroker } from './message-broker.js';
import { PostgresMessageBroker } from './postgres-message-broker.js';

@Global()
@Module({
  providers: [
    {
      provide: MessageBroker,
      useFactory: (postgres: Postgres) => new PostgresMessageBroker(postgres),
      inject: [Postgres],
    },
  ],
  exports: [MessageBroker],
})
export class BrokerModule {}
