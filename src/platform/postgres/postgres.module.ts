import { type DynamicModule, Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Notifications } from './notifications.js';
import { Postgres } from './postgres.js';

/** One bulk pool and one TypeORM connection set for the relational tables. */
@Global()
@Module({})
export class PostgresModule {
  static forUrl(url: string, applicationName: string, maxConnections: number): DynamicModule {
    return {
      module: PostgresModule,
      imports: [
        TypeOrmModule.forRoot({
          type: 'postgres',
          url,
          applicationName,
          poolSize: 3,
          autoLoadEntities: true,
          synchronize: false,
          retryAttempts: 5,
          retryDelay: 1000,
        }),
      ],
      providers: [
        { provide: Postgres, useFactory: () => new Postgres(url, applicationName, maxConnections) },
        Notifications,
      ],
      exports: [Postgres, Notifications],
    };
  }
}
